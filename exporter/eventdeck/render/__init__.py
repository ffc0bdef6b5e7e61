"""What is written from the catalogue: one module per output, none of them read at run time."""
