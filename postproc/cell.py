#!/usr/bin/python3
"""What a run's electrolyte means for a cell: cost per area, energy density, voltage loss.

    /usr/bin/python3 postproc/cell.py RESULT... [--price US$/kg] [--processing US$/m2]
                                      [--current mA/cm2] [--density g/cm3] [--output DIR]

RESULT is a results.json or a directory that holds one (a case directory will do). Prints a table
and writes cell.csv, cell.png and cell.pdf: energy density against electrolyte thickness.

Three estimates, each one formula:
- cost per area = density x thickness x price + processing. Prices and the processing of a ceramic
  tape are the review's (PRICES, PROCESSING, sources below); a thin film is processed otherwise.
- energy density of a lithium-metal pouch cell = areal energy / areal mass, from the assumptions in
  CELL, each with its source. Only the electrolyte's density and thickness come from the run.
- voltage loss = current density x ASR, electrodes included; ohmic, at the run's temperature.
"""
import argparse
import sys
from pathlib import Path

import results
import runs

REVIEW = "Balaish et al., Nature Energy 6, 227 (2021)"
PRICES = (10.0, 50.0)  # US$/kg, of LLZO from mass production; refs 14 and 5, 13, 14 of the review
PROCESSING = 7.5       # US$/m2, tape casting and sintering as of fuel cells; ref. 5 of the review
COST_TARGET = 4.0      # US$/m2 that is left for the electrolyte; ref. 5 of the review
ENERGY_TARGET = 350.0  # Wh/kg, of a cell; refs 3, 4 of the review

# key: (value, unit, where it comes from). With them 25 um of LLZO give 350 Wh/kg, the review's
# estimate (ref. 11), whose own assumptions are not printed.
CELL = {
    "areal_capacity": (5.0, "mAh/cm²", f"{REVIEW}, ref. 5"),
    "mean_voltage": (4.0, "V", f"{REVIEW}, ref. 5: 0.2 kWh/m² at 5 mAh/cm²"),
    "active_capacity": (200.0, "mAh/g", "assumed, of a nickel-rich layered oxide"),
    "active_density": (4.75, "g/cm³", "assumed, of a nickel-rich layered oxide"),
    "active_volume_share": (0.7, "", "assumed; the rest of the cathode is electrolyte"),
    "cathode_electrolyte_density": (5.1, "g/cm³", "LLZO, the same in every cell"),
    "lithium_thickness": (20.0, "µm", f"{REVIEW}, ref. 5; what the cathode delivers comes on top"),
    "lithium_density": (0.534, "g/cm³", "handbook value"),
    "aluminium_thickness": (12.0, "µm", "assumed; coated on both sides, half of it counts"),
    "aluminium_density": (2.70, "g/cm³", "handbook value"),
    "copper_thickness": (8.0, "µm", "assumed; coated on both sides, half of it counts"),
    "copper_density": (8.96, "g/cm³", "handbook value"),
    "pouch_share": (0.03, "", "assumed; pouch and tabs, of the mass of the cell"),
}


def material_cost(density, thickness, price):
    """US$/m2 of a dense layer: density [g/cm3], thickness [um], price [US$/kg]."""
    return density * thickness * price * 1e-3


def energy_density(density, thickness):
    """Wh/kg of the cell in CELL with an electrolyte of this density [g/cm3] and thickness [um]."""
    c = {key: value for key, (value, _, _) in CELL.items()}
    energy = 10 * c["areal_capacity"] * c["mean_voltage"]  # Wh/m2
    active = 10e3 * c["areal_capacity"] / c["active_capacity"]  # g/m2
    filling = (active / c["active_density"] * (1 / c["active_volume_share"] - 1)
               * c["cathode_electrolyte_density"])
    foils = (c["aluminium_thickness"] * c["aluminium_density"]
             + c["copper_thickness"] * c["copper_density"]) / 2
    mass = (density * thickness + active + filling + foils
            + c["lithium_thickness"] * c["lithium_density"])
    return 1e3 * energy * (1 - c["pouch_share"]) / mass


def voltage_loss(current, asr):
    """mV at a current density [mA/cm2] across an ASR [ohm cm2]."""
    return current * asr


def estimate(run, prices=PRICES, processing=PROCESSING, current=None, density=None):
    """What one run means for a cell; None where the run does not give what is needed."""
    thickness = run.thickness_um
    density = run.density() if density is None else density
    current = run.number("conditions.current_density_mA_per_cm2") if current is None else current
    is_known = density is not None and thickness is not None
    costs = [material_cost(density, thickness, price) + processing if is_known else None
             for price in prices]
    return {"case": run.label, "thickness_um": thickness, "density_g_per_cm3": density,
            "cost_low_usd_per_m2": costs[0], "cost_high_usd_per_m2": costs[-1],
            "energy_density_wh_per_kg": energy_density(density, thickness) if is_known else None,
            "asr_ohm_cm2": run.budget.total, "current_density_mA_per_cm2": current,
            "voltage_loss_mV": None if current is None else voltage_loss(current, run.budget.total)}


def draw(rows):
    """Energy density against thickness: a curve a density, a point a run."""
    import matplotlib
    matplotlib.use("Agg")
    import matplotlib.pyplot as plt
    import numpy as np
    plt.rcParams.update({"font.size": 8.5, "axes.linewidth": 0.6, "pdf.fonttype": 42,
                         "font.family": "DejaVu Sans", "axes.spines.top": False,
                         "axes.spines.right": False})
    figure, axes = plt.subplots(figsize=(5.2, 3.4), layout="constrained")
    known = [row for row in rows if row["energy_density_wh_per_kg"] is not None]
    colours = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9")
    markers = "osD^vPX*"
    thickness = np.geomspace(0.1, 1000, 200)
    densities = list(dict.fromkeys(row["density_g_per_cm3"] for row in known))
    for index, density in enumerate(densities):
        axes.plot(thickness, energy_density(density, thickness), linewidth=1.2,
                  color=colours[index % len(colours)], label=f"{density:.3g} g/cm³")
    for index, row in enumerate(known):
        colour = colours[densities.index(row["density_g_per_cm3"]) % len(colours)]
        axes.plot(row["thickness_um"], row["energy_density_wh_per_kg"], markers[index % 8],
                  color=colour, markeredgecolor="white", linestyle="none", label=row["case"])
    axes.axhline(ENERGY_TARGET, color="0.4", linewidth=0.8, linestyle=":",
                 label="350 Wh/kg, target")
    axes.set_xscale("log")
    axes.set_ylim(0, None)
    axes.set_xlabel("thickness of the electrolyte (µm)")
    axes.set_ylabel("energy density of the cell (Wh/kg)")
    axes.grid(color="0.9", linewidth=0.6)
    axes.legend(frameon=False, fontsize=7.5)
    return figure


def print_table(rows, file=sys.stdout):
    """The rows as aligned columns."""
    def number(value, digits=".3g"):
        return "-" if value is None else f"{value:{digits}}"

    width = max(len(row["case"]) for row in rows)
    print(f'{"case":{width}}  {"um":>6}  {"US$/m2":>13}  {"Wh/kg":>6}  {"ohm cm2":>8}  '
          f'{"mA/cm2":>6}  {"mV":>7}', file=file)
    for row in rows:
        cost = "-" if row["cost_low_usd_per_m2"] is None else \
            f'{row["cost_low_usd_per_m2"]:.1f} to {row["cost_high_usd_per_m2"]:.1f}'
        print(f'{row["case"]:{width}}  {number(row["thickness_um"], "g"):>6}  {cost:>13}  '
              f'{number(row["energy_density_wh_per_kg"], ".0f"):>6}  '
              f'{number(row["asr_ohm_cm2"]):>8}  '
              f'{number(row["current_density_mA_per_cm2"]):>6}  '
              f'{number(row["voltage_loss_mV"]):>7}', file=file)


def not_negative(text):
    value = float(text)
    if not 0 <= value < float("inf"):
        raise argparse.ArgumentTypeError(f"{text} must be a number that is not negative")
    return value


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("result", nargs="+", help="results.json or its directory")
    parser.add_argument("--price", type=not_negative, nargs="+", metavar="US$/kg",
                        default=list(PRICES), help="of the electrolyte, one or lowest and highest")
    parser.add_argument("--processing", type=not_negative, metavar="US$/m2", default=PROCESSING,
                        help="default 7.5, a sintered tape")
    parser.add_argument("--current", type=not_negative, metavar="mA/cm2",
                        help="current density (default: the case's)")
    parser.add_argument("--density", type=not_negative, metavar="g/cm3",
                        help="of the electrolyte (default: the case's)")
    parser.add_argument("--output", default=".", metavar="DIR",
                        help="where to write (default: here)")
    arguments = parser.parse_args()
    results.require_modules("numpy", "matplotlib")
    rows = [estimate(runs.read_run(path), arguments.price, arguments.processing,
                     arguments.current, arguments.density) for path in arguments.result]
    print_table(rows)
    output = Path(arguments.output)
    table = results.write_csv(output / "cell.csv", list(rows[0]), [row.values() for row in rows])
    return [table, *results.save_figure(draw(rows), output, "cell")]


if __name__ == "__main__":
    sys.exit(results.run_command(main))
