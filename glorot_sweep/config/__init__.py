"""The contract: what a sweep file may say."""
