"""The behaviour of each operation, by area, in modules named like those of the contract."""
