"""A slow, obvious calculator of what a run means, which shares no code with the core.

`tests.oracle.run.compute` takes bars as integers and a plain description of a run, and works out
orders, fills, cash, positions, decisions and equity with lists, integers and fractions. It is
written to be read beside `docs/semantics.md` and checked by hand; the core is compared with it.

    market       instruments, bars, and the order in which things happen
    venue        the simulated venue: market, limit and stop orders on bars, parents
    ledger       positions, cost, cash, marks, equity and its peak
    signals      indicators
    strategies   what each strategy wants, and what a script wants
    desk         targets into orders, protective stops, reports into positions
    gate         what risk refuses
    run          the loop over the events, and the result
"""
