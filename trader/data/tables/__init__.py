"""Tables as vendors write them, made into the columns that the readers know.

A text says little about itself: which sign parts the columns, which of them is the close, whether
1,234 is a thousand, in whose zone it was nine o'clock, whether a bar is labelled by its opening or
its close. What can be told from the file is found and said; what cannot is asked for, never
guessed. Nothing is repaired: what does not fit is refused by its line.
"""
