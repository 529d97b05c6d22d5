"""Computes facts.json of every recording again from its packets: again.py [FOLDER]...

What was made to fail and what was played is kept; everything else comes from capture.pcap through facts.py.
"""
import glob, json, os, sys
import facts

root = os.path.join(os.path.dirname(__file__), "../fixtures/captured")
for folder in sys.argv[1:] or sorted(os.path.dirname(f) for f in glob.glob(root + "/*/*/facts.json")):
    old = json.load(open(folder + "/facts.json"))
    facts.write(folder + "/capture.pcap", folder, old["cause"], old["scenario_notes"])
