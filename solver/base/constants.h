#pragma once

/* Exact values of the SI (2019 revision), but for the permittivity. */
#define BOLTZMANN 1.380649e-23               /* [J/K] */
#define ELEMENTARY_CHARGE 1.602176634e-19    /* [C]; also 1 eV in J */
#define VACUUM_PERMITTIVITY 8.8541878128e-12 /* [F/m], CODATA 2018 */
#define ZERO_CELSIUS 273.15                  /* [K] */
#define DEGREE 0.017453292519943295          /* [rad] */
