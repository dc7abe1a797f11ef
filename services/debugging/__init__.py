"""What an administrator may look at in a running process: only where debugging is on."""
