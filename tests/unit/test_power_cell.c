#include "power_cell.h"
#include "random.h"
#include "structures.h"

/* Uniform draw, one for each (index, subindex). */
static PetscReal draw(PetscInt index, PetscInt subindex)
{
  return RandomUniform(5, RANDOM_TESTS, (uint32_t)index, (uint32_t)subindex);
}

typedef struct {
  PetscReal length[3]; /* [um] */
  PetscBool is_periodic, is_periodic_z;
  PetscReal aspect;
  PetscInt num;
  PetscReal weight;  /* largest [um^2] */
  PetscReal decades; /* over which weights go */
  PetscInt dimension;
} Case;

static const Case cases[] = {
    {{1, 1, 1}, PETSC_TRUE, PETSC_FALSE, 1, 200, 0, 0, 3},
    {{1, 1, 1}, PETSC_TRUE, PETSC_TRUE, 1, 200, 0.02, 0, 3},
    {{1, 2, 0.5}, PETSC_FALSE, PETSC_FALSE, 1, 50, 0.05, 0, 3},
    {{1, 1, 1}, PETSC_TRUE, PETSC_TRUE, 2.5, 100, 0.03, 0, 3},
    {{1, 1, 1}, PETSC_TRUE, PETSC_FALSE, 0.4, 100, 0.3, 8, 3},
    {{0.05, 0.07, 8}, PETSC_TRUE, PETSC_FALSE, 1, 12, 1, 0, 3},
    {{4, 0.02, 0.02}, PETSC_TRUE, PETSC_TRUE, 1, 9, 0.5, 0, 3},
    {{1, 1, 1}, PETSC_TRUE, PETSC_TRUE, 1, 1, 1, 0, 3},
    {{1, 1, 1}, PETSC_TRUE, PETSC_TRUE, 1, 2, 0.1, 0, 3},
    {{1, 1, 1}, PETSC_TRUE, PETSC_TRUE, 1, 3, 9, 0, 3},
    {{1, 1, 3}, PETSC_TRUE, PETSC_FALSE, 1, 60, 0.02, 0, 2},
    {{1, 1, 3}, PETSC_FALSE, PETSC_FALSE, 3, 60, 0.5, 8, 2},
};
enum { NUM_CASES = sizeof cases / sizeof *cases };

static PetscErrorCode create_case(const Case *asked, Laguerre **laguerre)
{
  const PetscInt cells[3] = {1, 1, 1};
  TestBox test;

  PetscFunctionBeginUser;
  TestBoxSet(&test, asked->length, asked->is_periodic, cells);
  PetscCall(LaguerreCreate(asked->dimension, &test.box, asked->is_periodic_z, asked->aspect,
                           asked->num, laguerre));
  for (PetscInt s = 0; s < asked->num; s++) {
    for (int d = 0; d < asked->dimension; d++) {
      (*laguerre)->seeds[s][d] = test.box.length[d] * draw(s, d);
    }
    (*laguerre)->weights[s] = asked->weight * 1e-12 *
                              (asked->decades ? pow(10, -asked->decades * draw(s, 3)) : draw(s, 3));
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscReal norm(const PetscReal x[3])
{
  return sqrt(x[0] * x[0] + x[1] * x[1] + x[2] * x[2]);
}

/* Gauss: over a closed surface the integral of n is 0 and that of n.x/3 the volume; and cells leave
   no gap. */
static PetscErrorCode cells_are_closed_and_fill_the_box(void)
{
  PetscFunctionBeginUser;
  for (int c = 0; c < NUM_CASES; c++) {
    Laguerre *laguerre;
    PowerSites sites;
    PowerCell cell = {0};
    PetscReal volume = 0, box;
    PetscInt num_empty = 0;

    PetscCall(create_case(&cases[c], &laguerre));
    PetscCall(PowerSitesCreate(laguerre, &sites));
    box = sites.length[0] * sites.length[1] * sites.length[2];
    for (PetscInt s = 0; s < cases[c].num; s++) {
      PetscReal sum[3] = {0, 0, 0}, total = 0, own = 0;

      PetscCall(PowerCellCompute(&sites, s, &cell));
      for (PetscInt f = 0; f < cell.num_faces; f++) {
        PetscReal area[3];

        PolygonArea(&cell.faces[f].polygon, 1, area);
        for (int d = 0; d < 3; d++) sum[d] += area[d];
        total += norm(area);
        own += norm(area) * cell.faces[f].half.distance / 3;
        for (int d = 0; d < 3; d++) { /* outwards */
          CU_ASSERT(fabs(area[d] - norm(area) * cell.faces[f].half.normal[d]) <=
                    1e-9 * norm(area) + 1e-12 * cell.radius * cell.radius);
        }
      }
      CU_ASSERT(norm(sum) <= 1e-11 * total);
      CU_ASSERT(cell.num_faces == 0 || own > 0);
      volume += own;
      num_empty += cell.num_faces == 0;
    }
    ASSERT_CLOSE(volume, box, 1e-11);
    CU_ASSERT((num_empty == 0) == (cases[c].weight == 0 || cases[c].num < 3));
    PetscCall(PowerCellDestroy(&cell));
    PetscCall(PowerSitesDestroy(&sites));
    PetscCall(LaguerreDestroy(&laguerre));
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Every vertex is as far from the seed as from the seeds of its faces and no nearer to any other:
   over all seeds and images, one further out than can matter. */
static PetscErrorCode no_seed_is_nearer_to_a_vertex(void)
{
  PetscFunctionBeginUser;
  for (int c = 0; c < NUM_CASES; c++) {
    Laguerre *laguerre;
    PowerSites sites;
    PowerCell cell = {0};
    PetscReal nearest = 0;

    if (cases[c].decades) continue; /* weights differ too much for a common scale of rounding */
    PetscCall(create_case(&cases[c], &laguerre));
    PetscCall(PowerSitesCreate(laguerre, &sites));
    for (PetscInt s = 0; s < cases[c].num; s += 7) {
      PetscCall(PowerCellCompute(&sites, s, &cell));
      for (PetscInt f = 0; f < cell.num_faces; f++) {
        const PetscReal *x = cell.faces[f].polygon.x[0];
        const PetscReal own = PetscSqr(norm(x)) - sites.weights[s];

        for (PetscInt other = 0; other < cases[c].num; other++) {
          for (int image = 0; image < 125; image++) {
            const int shift[3] = {image % 5 - 2, image / 5 % 5 - 2, image / 25 - 2};
            PetscReal offset[3];
            PetscBool is_image = PETSC_TRUE;

            for (int d = 0; d < 3; d++) {
              if (shift[d] && !sites.is_periodic[d]) is_image = PETSC_FALSE;
              offset[d] = x[d] - (sites.x[other][d] - sites.x[s][d] + shift[d] * sites.length[d]);
            }
            if (!is_image) continue;
            nearest = PetscMin(nearest, PetscSqr(norm(offset)) - sites.weights[other] - own);
          }
        }
      }
    }
    CU_ASSERT(nearest > -1e-12 * PetscSqr(norm(sites.length)));
    PetscCall(PowerCellDestroy(&cell));
    PetscCall(PowerSitesDestroy(&sites));
    PetscCall(LaguerreDestroy(&laguerre));
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Two seeds on one spot: the first has the cell, or the heavier. */
static PetscErrorCode of_two_seeds_on_a_spot_one_has_the_cell(void)
{
  const PetscReal weights[3][2] = {{0, 0}, {1e-14, 0}, {0, 1e-14}};
  const Case asked = {{1, 1, 1}, PETSC_TRUE, PETSC_FALSE, 1, 10, 0, 0, 3};

  PetscFunctionBeginUser;
  for (int w = 0; w < 3; w++) {
    Laguerre *laguerre;
    PowerSites sites;
    PowerCell cell = {0};

    PetscCall(create_case(&asked, &laguerre));
    PetscCall(PetscArraycpy(laguerre->seeds[9], laguerre->seeds[4], 3));
    laguerre->weights[4] = weights[w][0];
    laguerre->weights[9] = weights[w][1];
    PetscCall(PowerSitesCreate(laguerre, &sites));
    PetscCall(PowerCellCompute(&sites, 4, &cell));
    CU_ASSERT((cell.num_faces > 0) == (w < 2));
    PetscCall(PowerCellCompute(&sites, 9, &cell));
    CU_ASSERT((cell.num_faces > 0) == (w == 2));
    PetscCall(PowerCellDestroy(&cell));
    PetscCall(PowerSitesDestroy(&sites));
    PetscCall(LaguerreDestroy(&laguerre));
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

static const Test tests[] = {
    {"cells are closed and fill the box", cells_are_closed_and_fill_the_box},
    {"no seed is nearer to a vertex than the cell's own", no_seed_is_nearer_to_a_vertex},
    {"of two seeds on a spot one has the cell", of_two_seeds_on_a_spot_one_has_the_cell},
};

HARNESS_MAIN("power_cell", tests)
