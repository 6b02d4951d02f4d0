#include "boundary.h"

#include <math.h>
#include "random.h"

double BoundaryScatter(uint64_t seed, int32_t grain_a, int32_t grain_b, double spread)
{
  const uint32_t low = (uint32_t)(grain_a < grain_b ? grain_a : grain_b);
  const uint32_t high = (uint32_t)(grain_a < grain_b ? grain_b : grain_a);

  if (spread == 0.0) return 1.0;
  return exp(spread * RandomNormal(seed, RANDOM_BOUNDARIES, low, high));
}

double BrickLayerAsr(double thickness, double conductivity, double grain_size, double resistance)
{
  return thickness / conductivity + fmax(thickness / grain_size - 1.0, 0.0) * resistance;
}

double BrickLayerBoundary(double thickness, double conductivity, double grain_size,
                          double total_conductivity)
{
  const double boundaries = thickness / grain_size - 1.0;

  if (!(boundaries > 0.0)) return NAN;
  return (thickness / total_conductivity - thickness / conductivity) / boundaries;
}
