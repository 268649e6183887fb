"""What `rewapp sim --scenario` tells is a scenario that the C door plays with the same answers.

    told.py REWAPP SCENARIO_PLAYER DOOR
"""
import pathlib
import subprocess
import sys
import tempfile

SEEDS = range(1, 201)
ENOUGH = 4


def told(program, seed):
    """The world of a seed, or None when a scenario cannot tell all of it."""
    text = subprocess.run([program, 'sim', '--seed', str(seed), '--steps', '30', '--faults', 'calls', '--scenario'],
                          check=True, capture_output=True, text=True).stdout
    lines = [line for line in text.splitlines()[1:] if not line.startswith('# by till')]
    whole = not any(line.startswith('#') or 'descriptor=' in line or 'forged' in line for line in lines)
    return text if whole else None


def main(program, player, door):
    with tempfile.TemporaryDirectory() as folder:
        paths = []
        for seed in SEEDS:
            text = told(program, seed) if len(paths) < ENOUGH else None
            if text:
                paths.append(pathlib.Path(folder) / f'seed-{seed}.scenario')
                paths[-1].write_text(text, encoding='utf-8')
        print(f'{len(paths)} worlds told whole')
        if len(paths) < ENOUGH:
            return 1
        return subprocess.run([sys.executable, player, door, '--', *paths], check=False).returncode


sys.exit(main(*sys.argv[1:]))
