"""The arithmetic of training: steppers, each of which applies updates to a pack of networks."""
