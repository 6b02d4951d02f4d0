#include "harness.h"

#include <math.h>
#include "random.h"
#include "response.h"

static const PetscReal cube[3] = {1, 1, 1}, equal[2] = {1, 1};

/* Of the plane with the normal (x, y, z), of any length, in unit cubes. */
static Response respond(PetscReal x, PetscReal y, PetscReal z, PetscReal beta)
{
  const PetscReal length = sqrt(x * x + y * y + z * z);
  const PetscReal normal[3] = {x / length, y / length, z / length};
  Response response;

  BoundaryResponse(normal, cube, beta, equal, &response);
  return response;
}

static PetscReal distance(const Response *a, const Response *b)
{
  PetscReal largest = fabs(a->alpha - b->alpha);

  for (int d = 0; d < 3; d++) {
    largest = PetscMax(largest, fabs(a->gamma[d] - b->gamma[d]));
  }
  return largest;
}

static PetscReal draw(uint32_t index, uint32_t part)
{
  return 2 * RandomUniform(7, RANDOM_BOUNDARIES, index, part) - 1;
}

static PetscErrorCode planes_normal_to_an_axis_are_left_alone(void)
{
  PetscFunctionBeginUser;
  for (int d = 0; d < 3; d++) {
    for (PetscReal beta = 0; beta < 1e6; beta = 100 * beta + 0.01) {
      const Response response = respond(d == 0, d == 1, -(d == 2), beta);

      for (int e = 0; e < 3; e++) {
        CU_ASSERT_EQUAL(response.alpha, 0);
        CU_ASSERT_EQUAL(response.gamma[e], 0);
      }
    }
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode signs_have_no_meaning_and_permutations_permute(void)
{
  PetscFunctionBeginUser;
  for (uint32_t i = 0; i < 200; i++) {
    const PetscReal x = draw(i, 0), y = i % 5 ? draw(i, 1) : x, z = i % 7 ? draw(i, 2) : y;
    const PetscReal beta = pow(10, 3 * draw(i, 3));
    const Response first = respond(x, y, z, beta), mirrored = respond(-x, y, -z, beta);
    const Response turned = respond(z, x, y, beta), swapped = respond(y, x, z, beta);
    const Response back = {.alpha = turned.alpha,
                           .gamma = {turned.gamma[1], turned.gamma[2], turned.gamma[0]}};
    const Response unswapped = {.alpha = swapped.alpha,
                                .gamma = {swapped.gamma[1], swapped.gamma[0], swapped.gamma[2]}};

    CU_ASSERT_EQUAL(distance(&first, &mirrored), 0);
    CU_ASSERT(distance(&first, &back) < 1e-6); /* the normal's length is rounded */
    CU_ASSERT(distance(&first, &unswapped) < 1e-6);
    CU_ASSERT(first.alpha >= 0 && first.gamma[0] >= 0 && first.gamma[1] >= 0 &&
              first.gamma[2] >= 0);
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* The table's steepest slopes are near the axes and near beta = 0: less than 20 per unit of n, 3
   per unit of sqrt(beta). A jump anywhere would exceed a step's share of them. */
static PetscErrorCode neighbouring_planes_and_resistances_have_close_values(void)
{
  const PetscReal step = 1e-4;

  PetscFunctionBeginUser;
  for (uint32_t i = 0; i < 2000; i++) {
    const PetscReal x = draw(i, 0), y = draw(i, 1) * pow(10, -3 + 3 * fabs(draw(i, 4)));
    const PetscReal z = i % 2 ? draw(i, 2) : x, length = sqrt(x * x + y * y + z * z);
    const PetscReal root = 10 * fabs(draw(i, 3));
    const Response here = respond(x / length, y / length, z / length, root * root);
    const Response beside =
        respond(x / length + step, y / length - step, z / length - step, root * root);
    const Response more =
        respond(x / length, y / length, z / length, (root + step) * (root + step));

    CU_ASSERT(distance(&here, &beside) < 20 * step);
    CU_ASSERT(distance(&here, &more) < 3 * step);
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode without_resistance_and_contrast_there_is_nothing_to_correct(void)
{
  PetscFunctionBeginUser;
  for (uint32_t i = 0; i < 100; i++) {
    const Response none = respond(draw(i, 0), draw(i, 1), draw(i, 2), 0);
    const Response little = respond(draw(i, 0), draw(i, 1), draw(i, 2), 1e-5);
    const Response zero = {0};

    CU_ASSERT_EQUAL(distance(&none, &zero), 0);
    CU_ASSERT(distance(&little, &zero) < 1e-5); /* |n_d| alone makes it right */
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* gamma = 1/2 and alpha = 2/3 close both the jump and the tangential current of these two planes
   when nothing passes but through them. */
static PetscErrorCode blocking_planes_have_simple_fractions(void)
{
  const Response corner = respond(1, 1, 1, INFINITY), edge = respond(1, 0, -1, INFINITY);

  PetscFunctionBeginUser;
  ASSERT_CLOSE(corner.alpha, 2.0 / 3, 3e-4);
  ASSERT_CLOSE(edge.alpha, 2.0 / 3, 3e-4);
  for (int d = 0; d < 3; d++) ASSERT_CLOSE(corner.gamma[d], 0.5, 3e-4);
  ASSERT_CLOSE(edge.gamma[0], 0.5, 3e-4);
  ASSERT_CLOSE(edge.gamma[2], 0.5, 3e-4);
  CU_ASSERT_EQUAL(edge.gamma[1], 0); /* straight along y */
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Stairs(3, 2, 7).match(2.0) and so on of solver/scheme/response/tabulate.py: normals, resistances
   and contrasts between the table's nodes; the last is a node. */
static PetscErrorCode values_between_the_nodes_are_those_of_the_local_problem(void)
{
  static const struct {
    PetscReal normal[3], beta, ratio;
    Response expected;
  } known[] = {
      {{3, 2, 7}, 2, 1, {.alpha = 0.5963, .gamma = {0.2386, 0.1731, 0.2681}}},
      {{11, 5, 16}, 0.3, 1, {.alpha = 0.3749, .gamma = {0.1272, 0.0802, 0.1631}}},
      {{13, 12, 15}, 100, 1, {.alpha = 0.7264, .gamma = {0.4559, 0.4527, 0.4937}}},
      {{2, 1, 9}, 1, 1, {.alpha = 0.3083, .gamma = {0.1327, 0.0714, 0.1515}}},
      {{11, 0, 13}, 0.05, 1, {.alpha = 0.0149, .gamma = {0.0074, 0.0000, 0.0079}}},
      {{2, 1, 3}, 0.5, 6, {.alpha = 0.8835, .gamma = {0.3006, 0.1749, 0.4043}}},
      {{5, 3, 8}, 0, 3, {.alpha = 0.4814, .gamma = {0.1707, 0.1080, 0.2497}}},
  };

  PetscFunctionBeginUser;
  for (size_t k = 0; k < sizeof known / sizeof known[0]; k++) {
    const PetscReal *n = known[k].normal, length = sqrt(n[0] * n[0] + n[1] * n[1] + n[2] * n[2]);
    const PetscReal normal[3] = {n[0] / length, -n[1] / length, n[2] / length};
    const PetscReal sigma[2] = {1, known[k].ratio};
    const PetscReal resistance = known[k].beta * (1 + known[k].ratio) / (2 * known[k].ratio);
    Response response;

    BoundaryResponse(normal, cube, resistance, sigma, &response);
    CU_ASSERT(distance(&response, &known[k].expected) < 0.01);
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Only the ratios of r sigma, h and of the conductivities count; which side comes first does not.
 */
static PetscErrorCode units_and_sides_do_not_count(void)
{
  const PetscReal normal[3] = {0.48, -0.6, 0.64}, small[3] = {1e-8, 2e-8, 3e-8};
  const PetscReal large[3] = {1, 2, 3}, a[2] = {2, 5}, b[2] = {0.05, 0.02};
  Response first, second;

  PetscFunctionBeginUser;
  BoundaryResponse(normal, large, 0.7, a, &first);
  BoundaryResponse(normal, small, 0.7e-6, b, &second);
  CU_ASSERT(first.alpha > 0.1);
  CU_ASSERT(distance(&first, &second) < 1e-6);
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Resistance of a stair face over that of its bulk alone, r sigma/h_d given. */
static PetscReal relative_resistance(const Response *response, int axis, PetscReal n,
                                     PetscReal resistance)
{
  PetscReal contact, bulk;

  BoundaryStair(response, axis, n, &contact, &bulk);
  return bulk + contact * resistance;
}

/* Flat cells see flat stairs: n_d h_d along (1, 1, 1) is the plane (1, 1, 1) of cubes. Strong
   boundaries have its very faces, weak ones resist by their own |n_d|. */
static PetscErrorCode flat_cells_are_read_at_the_normal_of_their_stairs(void)
{
  const PetscReal flat[3] = {4, 2, 1}, length = sqrt(1.0 / 16 + 1.0 / 4 + 1);
  const PetscReal normal[3] = {0.25 / length, 0.5 / length, 1 / length};
  const PetscReal cell = sqrt(3) / length; /* |n_d h_d| */

  PetscFunctionBeginUser;
  for (PetscReal beta = 1e-6; beta < 1e7; beta *= 10) {
    const Response corner = respond(1, 1, 1, beta);
    Response response;

    BoundaryResponse(normal, flat, beta * cell, equal, &response);
    CU_ASSERT(distance(&response, &corner) < 1e-6);
    for (int d = 0; d < 3; d++) {
      const PetscReal r = beta * cell / flat[d];
      const PetscReal of_flat = relative_resistance(&response, d, normal[d], r);
      const PetscReal of_cubes = relative_resistance(&corner, d, 1 / sqrt(3), beta);

      CU_ASSERT(of_flat > 0);
      if (beta > 1e5) CU_ASSERT(fabs(of_flat - of_cubes) < 1e-3);
      if (beta < 2e-5) ASSERT_CLOSE((of_flat - 1) / (r * normal[d]), 1, 0.2);
    }
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Where a facet's faces are more or fewer than its slope says, strong boundaries get by 1/n what
   1/|n_d| gets by the local problem, and however far n is off a face keeps some resistance. */
static PetscErrorCode faces_of_a_facet_may_be_more_or_fewer_than_its_slope_says(void)
{
  PetscFunctionBeginUser;
  for (PetscReal n = 0.05; n < 21; n *= 1.7) {
    for (PetscReal beta = 1e-3; beta < 1e7; beta *= 10) {
      const Response corner = respond(1, 1, 1, beta);
      const PetscReal of_facet = relative_resistance(&corner, 0, n, beta);
      const PetscReal expected = 1 + 2.0 / 3 + beta / n;

      CU_ASSERT(of_facet >= 1);
      if (beta > 1e6) ASSERT_CLOSE(of_facet, expected, 1e-3);
    }
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* So that a part of the budget is what the whole changes by. */
static PetscErrorCode contact_is_what_the_face_changes_by(void)
{
  PetscFunctionBeginUser;
  for (uint32_t i = 0; i < 500; i++) {
    const PetscReal x = draw(i, 0), y = draw(i, 1), z = draw(i, 2), factor = 1 + 1e-3;
    const PetscReal beta = pow(10, 4 * draw(i, 3)), n = fabs(x) / sqrt(x * x + y * y + z * z);
    const Response here = respond(x, y, z, beta), more = respond(x, y, z, factor * beta);
    const PetscReal change =
        (relative_resistance(&more, 0, n, factor * beta) - relative_resistance(&here, 0, n, beta)) /
        log(factor);
    PetscReal contact, bulk;

    if (n < 0.1) continue;
    BoundaryStair(&here, 0, n, &contact, &bulk);
    CU_ASSERT(bulk > 0 && contact > 0);
    if (bulk > 0.1 + 1e-12) {
      CU_ASSERT(fabs(contact * beta - change) < 2e-3 * (contact * beta + bulk));
    } else { /* a step of a nearly parallel plane: closing, it changes by more than itself */
      CU_ASSERT(change > contact * beta);
    }
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* A boundary r beside c between two sides of sigma and epsilon, at s = i omega or near it. */
typedef struct {
  PetscReal normal[3], resistance, capacitance, sigma[2], epsilon[2];
} AcBoundary;

static AcBoundary draw_boundary(uint32_t i)
{
  AcBoundary b = {.resistance = pow(10, 2 * draw(i, 3)), .capacitance = pow(10, draw(i, 4))};
  PetscReal square = 0;

  for (int d = 0; d < 3; d++) {
    b.normal[d] = draw(i, (uint32_t)d);
    square += PetscSqr(b.normal[d]);
  }
  for (int d = 0; d < 3; d++) b.normal[d] /= sqrt(square);
  for (int side = 0; side < 2; side++) {
    b.sigma[side] = i % 2 ? pow(10, draw(i, 5 + (uint32_t)side)) : 2;
    b.epsilon[side] = i % 2 ? 0.1 * pow(10, draw(i, 7 + (uint32_t)side)) : 0.1;
  }
  return b;
}

static AcResponse respond_ac(const AcBoundary *b, PetscComplex s)
{
  const PetscComplex conductivity[2] = {b->sigma[0] + s * b->epsilon[0],
                                        b->sigma[1] + s * b->epsilon[1]};
  AcResponse response;

  BoundaryResponseAc(b->normal, cube, b->resistance, b->sigma,
                     1 / (1 / b->resistance + s * b->capacitance), conductivity, &response);
  return response;
}

static PetscReal distance_ac(const AcResponse *a, const Response *b)
{
  PetscReal largest = PetscAbsComplex(a->alpha - b->alpha);

  for (int d = 0; d < 3; d++) {
    largest = PetscMax(largest, PetscAbsComplex(a->gamma[d] - b->gamma[d]));
  }
  return largest;
}

static PetscErrorCode slow_is_dc_and_fast_is_the_contrast_of_permittivities(void)
{
  PetscFunctionBeginUser;
  for (uint32_t i = 0; i < 200; i++) {
    AcBoundary b = draw_boundary(i);
    const AcResponse slow = respond_ac(&b, 0);
    AcResponse fast;
    Response dc, displaced;

    b.capacitance = 1e6; /* carries all current past the boundary */
    fast = respond_ac(&b, 1e12 * PETSC_i);
    BoundaryResponse(b.normal, cube, b.resistance, b.sigma, &dc);
    BoundaryResponse(b.normal, cube, 0, b.epsilon, &displaced);
    CU_ASSERT(distance_ac(&slow, &dc) < 1e-14);
    CU_ASSERT(distance_ac(&fast, &displaced) < 1e-5);
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* The mean over a circle is the value at its centre. */
static PetscErrorCode the_response_is_analytic_in_the_frequency(void)
{
  enum { POINTS = 64 };

  PetscFunctionBeginUser;
  for (uint32_t i = 0; i < 200; i++) {
    const AcBoundary b = draw_boundary(i);
    const PetscComplex centre = pow(10, 2 * draw(i, 9)) * PETSC_i;
    const AcResponse there = respond_ac(&b, centre);
    PetscComplex alpha = 0, gamma = 0;

    for (int p = 0; p < POINTS; p++) {
      const PetscReal angle = 2 * PETSC_PI * p / POINTS;
      const AcResponse around =
          respond_ac(&b, centre + 0.3 * centre * (cos(angle) + sin(angle) * PETSC_i));

      alpha += around.alpha / POINTS;
      gamma += around.gamma[0] / POINTS;
    }
    CU_ASSERT(PetscAbsComplex(alpha - there.alpha) < 1e-12);
    CU_ASSERT(PetscAbsComplex(gamma - there.gamma[0]) < 1e-12);
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

static const Test tests[] = {
    {"planes normal to an axis are left alone", planes_normal_to_an_axis_are_left_alone},
    {"signs have no meaning and permutations permute",
     signs_have_no_meaning_and_permutations_permute},
    {"neighbouring planes and resistances have close values",
     neighbouring_planes_and_resistances_have_close_values},
    {"without resistance and contrast there is nothing to correct",
     without_resistance_and_contrast_there_is_nothing_to_correct},
    {"blocking planes have simple fractions", blocking_planes_have_simple_fractions},
    {"values between the nodes are those of the local problem",
     values_between_the_nodes_are_those_of_the_local_problem},
    {"units and sides do not count", units_and_sides_do_not_count},
    {"flat cells are read at the normal of their stairs",
     flat_cells_are_read_at_the_normal_of_their_stairs},
    {"contact is what the face changes by", contact_is_what_the_face_changes_by},
    {"slow is DC, and fast is the contrast of permittivities",
     slow_is_dc_and_fast_is_the_contrast_of_permittivities},
    {"the response is analytic in the frequency", the_response_is_analytic_in_the_frequency},
    {"faces of a facet may be more or fewer than its slope says",
     faces_of_a_facet_may_be_more_or_fewer_than_its_slope_says},
};

HARNESS_MAIN("response", tests)
