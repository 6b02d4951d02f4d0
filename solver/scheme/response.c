#include "response.h"

#include <math.h>
#include "response_table.h"

/* beta at which gamma is about half of what it is for beta -> infinity; with it for alpha as well
   spectra of polycrystals change least as the grid is refined. */
#define HALF 0.6

/* Three nodes of the triangular grid of normals and their weights. */
typedef struct {
  int node[3];
  float weight[3];
} Triangle;

static int node_at(int p, int q)
{
  return p * (p + 1) / 2 + q;
}

/* 0 <= q <= p <= 1, the sorted normal's components divided by the largest. */
static Triangle find_triangle(PetscReal p, PetscReal q)
{
  const PetscReal x = p * RESPONSE_STEPS, y = q * RESPONSE_STEPS;
  const int i = PetscMin((int)x, RESPONSE_STEPS - 1), j = PetscMin((int)y, RESPONSE_STEPS - 1);
  const float u = (float)(x - i), v = (float)(y - j);
  const int middle = u >= v ? node_at(i + 1, j) : node_at(i, j + 1);
  const float high = PetscMax(u, v), low = PetscMin(u, v);

  return (Triangle){{node_at(i, j), middle, node_at(i + 1, j + 1)}, {1 - high, high - low, low}};
}

/* Interval and place in it of a value from 0 to 1 on num_nodes equal nodes. */
static int find_interval(PetscReal value, int num_nodes, float *place)
{
  const int interval = PetscMin((int)(value * (num_nodes - 1)), num_nodes - 2);

  *place = (float)(value * (num_nodes - 1) - interval);
  return interval;
}

/* Axes by falling size[]; without branches, which random normals would mispredict. */
static void sort_axes(const PetscReal size[3], int sorted[3])
{
  const int x_before_y = size[0] >= size[1], x_before_z = size[0] >= size[2];
  const int y_before_z = size[1] >= size[2];

  sorted[2 - x_before_y - x_before_z] = 0;
  sorted[1 + x_before_y - y_before_z] = 1;
  sorted[x_before_z + y_before_z] = 2;
}

void BoundaryResponse(const PetscReal normal[3], const PetscReal spacing[3], PetscReal resistance,
                      const PetscReal sigma[2], Response *response)
{
  const PetscReal sum = sigma[0] + sigma[1], mean = 2 * sigma[0] * sigma[1] / sum;
  const PetscReal difference = (sigma[0] - sigma[1]) / sum;
  PetscReal size[3], length = 0, rest, scale;
  float of_beta, of_contrast, value[4] = {0}, slope = 0;
  Triangle triangle;
  int sorted[3], beta, contrast;

  for (int d = 0; d < 3; d++) {
    size[d] = fabs(normal[d] * spacing[d]);
    length += size[d] * size[d];
  }
  length = sqrt(length);
  sort_axes(size, sorted);
  triangle = find_triangle(size[sorted[1]] / size[sorted[0]], size[sorted[2]] / size[sorted[0]]);
  /* sqrt(beta/(1 + beta)), written so that beta may be infinite */
  rest = length / (length + resistance * mean);
  beta = find_interval(sqrt(1 - rest), RESPONSE_BETAS, &of_beta);
  contrast = find_interval(fabs(difference), RESPONSE_CONTRASTS, &of_contrast);
  scale = sqrt(1 - rest / (1 + rest * difference * difference / (1 - difference * difference)));
  for (int c = 0; c < (of_contrast > 0 ? 2 : 1); c++) {
    for (int t = 0; t < 3; t++) {
      const float *lower =
          response_table +
          4 * (((contrast + c) * RESPONSE_BETAS + beta) * RESPONSE_NORMALS + triangle.node[t]);
      const float *upper = lower + 4 * RESPONSE_NORMALS;
      const float share = (c ? of_contrast : 1 - of_contrast) * triangle.weight[t];

      for (int i = 0; i < 4; i++) value[i] += share * (lower[i] + of_beta * (upper[i] - lower[i]));
      slope += share * (upper[0] - lower[0]);
    }
  }
  response->strength = 1 - rest * rest;
  response->strength_rise = 2 * (1 - rest) * rest * rest;
  response->alpha = (PetscReal)value[0] * RESPONSE_UNIT * scale;
  /* by way of sqrt(beta/(1 + beta)), and of the scale */
  response->alpha_rise =
      RESPONSE_UNIT * scale * slope * (RESPONSE_BETAS - 1) * 0.5 * sqrt(1 - rest) * rest;
  if (rest > 0 && rest < 1) {
    response->alpha_rise += response->alpha * PetscSqr(1 / scale - scale) * (1 - rest) / (2 * rest);
  }
  for (int d = 0; d < 3; d++) response->resistance[d] = resistance * mean / spacing[d];
  response->gamma[sorted[1]] = (PetscReal)value[1] * RESPONSE_UNIT * scale;
  response->gamma[sorted[2]] = (PetscReal)value[2] * RESPONSE_UNIT * scale;
  response->gamma[sorted[0]] = (PetscReal)value[3] * RESPONSE_UNIT * scale;
}

/* g(beta)/g(beta_0), see BoundaryResponseAc(). */
static PetscComplex share_left(PetscComplex beta, PetscReal at_dc)
{
  const PetscReal whole = isinf((double)at_dc) ? 1 : at_dc / (at_dc + HALF);

  if (!isfinite((double)PetscAbsComplex(beta)) || !(at_dc > 0)) return 1;
  return beta / (beta + HALF) / whole;
}

void BoundaryResponseAc(const PetscReal normal[3], const PetscReal spacing[3], PetscReal resistance,
                        const PetscReal sigma[2], PetscComplex impedance,
                        const PetscComplex conductivity[2], AcResponse *response)
{
  const PetscReal displacement[2] = {PetscImaginaryPartComplex(conductivity[0]),
                                     PetscImaginaryPartComplex(conductivity[1])};
  const PetscReal length =
      sqrt(PetscSqr(normal[0] * spacing[0]) + PetscSqr(normal[1] * spacing[1]) +
           PetscSqr(normal[2] * spacing[2]));
  const PetscReal at_dc = resistance * 2 / (1 / sigma[0] + 1 / sigma[1]) / length;
  const PetscComplex beta = impedance * 2 / (1 / conductivity[0] + 1 / conductivity[1]) / length;
  const PetscComplex left = share_left(beta, at_dc);
  const PetscComplex displaced = 1 - (sigma[0] + sigma[1]) / (conductivity[0] + conductivity[1]);
  Response dc, slow, fast = {{0}, 0, 0, 0, 0, {0}};

  BoundaryResponse(normal, spacing, resistance, sigma, &dc);
  BoundaryResponse(normal, spacing, 0, sigma, &slow);
  if (displacement[0] + displacement[1] > 0) {
    BoundaryResponse(normal, spacing, 0, displacement, &fast);
  }
  response->alpha =
      left * (dc.alpha - slow.alpha) + slow.alpha + displaced * (fast.alpha - slow.alpha);
  for (int d = 0; d < 3; d++) {
    response->gamma[d] = left * (dc.gamma[d] - slow.gamma[d]) + slow.gamma[d] +
                         displaced * (fast.gamma[d] - slow.gamma[d]);
  }
}

PetscReal BoundaryStretch(const Response *response, PetscReal n)
{
  return response->strength / n + (1 - response->strength) * n;
}

void BoundaryStair(const Response *response, int axis, PetscReal n, PetscReal *contact,
                   PetscReal *bulk)
{
  const PetscReal relative = response->resistance[axis];
  const PetscReal own = BoundaryStretch(response, n) * relative, whole = 1 + response->alpha + own;
  PetscReal change;

  *contact = BoundaryStretch(response, n);
  *bulk = 1 + response->alpha;
  if (!(relative > 0) || isinf((double)relative)) return;
  change = own + (1 / n - n) * relative * response->strength_rise + response->alpha_rise;
  change = PetscMin(PetscMax(change, 0.1 * own), whole - 0.1);
  *contact = change / relative;
  *bulk = whole - change;
}
