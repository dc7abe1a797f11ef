"""A short document of our own, to write from."""

LEVERS = """# Simple machines

## Levers

A lever is a rigid bar that turns about a fixed point. The fulcrum is the fixed point of a lever.
A lever balances when the turning effects on both sides are equal. The moment of a force is its
turning effect, measured in newton metres. A long lever moves a heavy stone with a small force.

## Pulleys

A pulley is a wheel with a groove for a rope. A fixed pulley changes the direction of a force.
A movable pulley halves the force that is needed. The rope of a movable pulley is pulled twice as
far as the load rises.

## Losses

Friction is a force that turns a part of the work into heat. The efficiency of a machine is the
useful work divided by the work put in. No machine has an efficiency above one hundred per cent.
"""
