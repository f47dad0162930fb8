"""`make bench`: prints every figure, one line each, with the reference it is compared with from the same run."""

from benchmarks import console, engines, polling, processing, reprocessing, submitting, unsharp, watching


def main() -> None:
    """Run the benchmarks one after the other."""
    for benchmark in (polling, submitting, processing, reprocessing, unsharp, watching, engines, console):
        print(f"# {benchmark.__doc__}".splitlines()[0])
        for line in benchmark.figures():
            print(line)


main()
