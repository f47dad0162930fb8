"""Task queues that the engines are compared with: each module is what its own worker process imports."""
