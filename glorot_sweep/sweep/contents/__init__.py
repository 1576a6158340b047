"""What a sweep trains, described once."""
