"""The search: studies, proposals, winners. The only room that knows how Optuna proposes."""
