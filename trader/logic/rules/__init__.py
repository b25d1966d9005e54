"""The rules that every order passes before it may leave, and what risk counts for them.

`limits` and `case` say what a rule is made from, `view` what it sees. The rules stand in small
families (`plain`, `session`, `price`, `filters`, `size`, `exposure`, `repetition`), and `policy`
is the one list of them all. `counting` keeps what they see up to date.
"""
