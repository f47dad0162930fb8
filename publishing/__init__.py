"""What finished derivatives become: published snapshots, and the image server that shows them."""
