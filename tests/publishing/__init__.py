"""What becomes of finished derivatives."""
