#!/usr/bin/env python3
"""A pendulum that a controller keeps upright on a cart: four gains in, one cost out.

    perturb minimize --method cma-es --start 10,1,0,0 --names angle,rate,place,speed \\
      --sigma 2 --steps 60 --out run -- python3 pendulum.py

The force on the cart is a sum of the pendulum's angle and its rate and the cart's place and speed,
each times its gain. The cost is the mean over four starts of the squares of the state along ten
seconds, and of the force, a little; a pendulum that falls over pays for the time that is left.
"""
import json
import math
import sys

GRAVITY, CART, POLE, LENGTH = 9.81, 1.0, 0.2, 0.5
STEP, SECONDS = 0.02, 10.0
STARTS = [(0.2, 0.0, 0.0, 0.0), (-0.1, 0.5, 0.0, 0.0), (0.0, 0.0, 1.0, 0.0), (0.1, 0.0, -0.5, 0.5)]
FALLEN = 100.0


def acceleration(angle, rate, force):
    """Those of the angle and of the cart (R. V. Florian, "Correct equations for the dynamics of the
    cart-pole system", 2007, without friction)."""
    total = CART + POLE
    sine, cosine = math.sin(angle), math.cos(angle)
    push = (-force - POLE * LENGTH * rate * rate * sine) / total
    turning = (GRAVITY * sine + cosine * push) / (LENGTH * (4 / 3 - POLE * cosine * cosine / total))
    moving = (force + POLE * LENGTH * (rate * rate * sine - turning * cosine)) / total
    return turning, moving


def cost(gains, start):
    angle, rate, place, speed = start
    steps = round(SECONDS / STEP)
    total = 0.0
    for step in range(steps):
        force = gains[0] * angle + gains[1] * rate + gains[2] * place + gains[3] * speed
        force = max(-30.0, min(30.0, force))
        turning, moving = acceleration(angle, rate, force)
        # Semi-implicit Euler steps.
        rate += STEP * turning
        angle += STEP * rate
        speed += STEP * moving
        place += STEP * speed
        if abs(angle) > math.pi / 3 or abs(place) > 5:
            return (total + (steps - step) * FALLEN) / steps
        total += angle * angle + 0.1 * place * place + 0.01 * (rate * rate + speed * speed)
        total += 1e-4 * force * force
    return total / steps


if __name__ == "__main__":
    for line in sys.stdin:
        gains = json.loads(line)
        print(sum(cost(gains, start) for start in STARTS) / len(STARTS), flush=True)
