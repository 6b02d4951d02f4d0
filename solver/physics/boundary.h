#pragma once

#include <stdint.h>

/*@
  BoundaryScatter - factor on a boundary's resistance, one draw per pair of grains

  Log-normal with median 1.

  Input Parameters:
+ seed    - of the case
. grain_a, grain_b - the two grains, in any order
- spread  - standard deviation of ln(factor)
@*/
double BoundaryScatter(uint64_t seed, int32_t grain_a, int32_t grain_b, double spread);

/*@
  BrickLayerAsr - resistance of a film of bricks, electrodes not included [Ohm m^2]

    L/sigma + max(L/d - 1, 0) r

  Input Parameters:
+ thickness    - L [m]
. conductivity - of the grains, sigma [S/m]
. grain_size   - d [m]
- resistance   - of one boundary, r [Ohm m^2]

  Source: the brick-layer model, e.g. Fleig & Maier, J. Eur. Ceram. Soc. 19 (1999) 693.
@*/
double BrickLayerAsr(double thickness, double conductivity, double grain_size, double resistance);

/*@
  BrickLayerBoundary - boundary resistance that gives a film of bricks a measured total conductivity
[Ohm m^2]

  The inverse of BrickLayerAsr(). NaN if the film is no more than one grain thick; negative if the
  total conductivity is above that of the grains.
@*/
double BrickLayerBoundary(double thickness, double conductivity, double grain_size,
                          double total_conductivity);
