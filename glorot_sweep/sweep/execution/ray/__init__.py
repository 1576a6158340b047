"""Many devices, many machines. The only room that knows Ray."""
