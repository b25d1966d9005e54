"""What goes wrong at a venue, on purpose: by chance from a seed, at a time, or when asked."""
