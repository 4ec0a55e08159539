"""Targets of tests/fuzz one after the other: `fuzz_all.py SECONDS [NAME...]`, and for each what was tried, reached and found.

What a target fails on lies in build/fuzz/NAME afterwards. Once that is mended it belongs into tests/fuzz/seeds/NAME, under a name
that says what it is: every run of the tests tries it again.
"""

import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
WORDS = ROOT / "tests" / "fuzz" / "words.dict"
OPTIONS = ("-timeout=20", "-rss_limit_mb=3000", "-max_len=4096", f"-dict={WORDS}", "-print_final_stats=1")
"""Seconds that one input may take, megabytes of memory, bytes of an input."""
KEPT = ("-set_cover_merge=1", "-max_len=1024")
PYTHON_PATH = {"PYTHONPATH": os.pathsep.join((str(ROOT / "src"), str(ROOT / "tests")))}


def names() -> list[str]:
    """All targets, asked of a process of their own: this one loads none of them."""
    asked = "from fuzz.targets import targets; print('\\n'.join(targets()))"
    found = subprocess.run(  # noqa: S603  # our own program
        [sys.executable, "-c", asked], env=os.environ | PYTHON_PATH, capture_output=True, text=True, check=True
    )
    return found.stdout.split()


def fuzzed(name: str, *options: str) -> tuple[int, str]:
    """The exit status of one run of a target, and what it said."""
    folder = ROOT / "build" / "fuzz" / name
    (folder / "corpus").mkdir(parents=True, exist_ok=True)
    command = [sys.executable, str(ROOT / "scripts" / "fuzz_target.py"), name, *options, f"-artifact_prefix={folder}/"]
    with (folder / "log").open("w+b") as log:
        status = subprocess.run(  # noqa: S603  # our own program
            command, stdout=log, stderr=log, cwd=ROOT, check=False
        ).returncode
        log.seek(0)
        return status, log.read().decode(errors="replace")


def last(pattern: str, said: str) -> str:
    """The last number that stands behind a word of libFuzzer's; `?` when there is none."""
    return next(reversed(re.findall(pattern, said)), "?")


def main() -> int:
    """0 when every target kept its promise."""
    seconds, *wanted = sys.argv[1:]
    failed = []
    print(f"{'target':<26}{'executions':>12}{'branches':>10}{'new inputs':>12}{'peak MB':>9}")
    for name in wanted or names():
        corpus, seeds = ROOT / "build" / "fuzz" / name / "corpus", ROOT / "tests" / "fuzz" / "seeds" / name
        status, said = fuzzed(name, f"-max_total_time={seconds}", *OPTIONS, str(corpus), str(seeds))
        told = (r"number_of_executed_units: (\d+)", r"cov: (\d+)", r"new_units_added: +(\d+)", r"peak_rss_mb: +(\d+)")
        tried, reached, new, peak = (last(pattern, said) for pattern in told)
        print(f"{name:<26}{tried:>12}{reached:>10}{new:>12}{peak:>9}{'' if status == 0 else '  FAILED'}", flush=True)
        if status:
            failed.append(name)
        elif os.environ.get("KEEP"):
            before = len(list(seeds.iterdir()))
            fuzzed(name, *KEPT, str(seeds), str(corpus))
            print(f"{'':<26}{len(list(seeds.iterdir())) - before} new seeds")
    for name in failed:
        print(f"{name} broke its promise: build/fuzz/{name}/log says how; the input lies beside it.")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
