"""One target of tests/fuzz under atheris: `fuzz_target.py NAME [options and folders of libFuzzer]`."""

import sys
from pathlib import Path

import atheris

ROOT = Path(__file__).parents[1]


def main() -> None:
    """The target is tried with ever new bytes until its time is over, or until it breaks its promise."""
    name, *options = sys.argv[1:]
    sys.path[:0] = [str(ROOT / "src"), str(ROOT / "tests")]
    # What is loaded in here tells the fuzzer which of its branches an input takes; some of it is loaded when first needed.
    with atheris.instrument_imports(include=["hemostat"]):
        from fuzz.targets import seeds, target_of  # noqa: PLC0415  # as above

        target = target_of(name)
        for seed in seeds(name):
            target(seed.read_bytes())
    # The first word is the command by which libFuzzer starts itself again when it picks seeds.
    atheris.Setup([f"{sys.executable} {Path(__file__)} {name}", *options], target)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
