#include "block_walk.h"
#include "harness.h"

#define LONGEST 5
#define MOST (LONGEST * LONGEST * LONGEST)

typedef struct {
  PetscInt num_blocks;
  PetscInt turn[MOST];  /* of every block, by number; -1: it never came */
  PetscInt at[MOST][3]; /* by turn */
} Walked;

static int32_t number_of(const PetscInt blocks[3], const PetscInt at[3])
{
  return (int32_t)((at[2] * blocks[1] + at[1]) * blocks[0] + at[0]);
}

/* Every block comes once. */
static void walk(const PetscInt blocks[3], Walked *walked)
{
  BlockWalk at = BLOCK_WALK_START;

  walked->num_blocks = 0;
  for (PetscInt b = 0; b < MOST; b++) walked->turn[b] = -1;
  while (BlockWalkNext(blocks, &at)) {
    CU_ASSERT_EQUAL(at.number, number_of(blocks, at.at));
    CU_ASSERT_EQUAL(walked->turn[at.number], -1);
    walked->turn[at.number] = walked->num_blocks;
    for (int d = 0; d < 3; d++) walked->at[walked->num_blocks][d] = at.at[d];
    walked->num_blocks++;
  }
  CU_ASSERT_EQUAL(walked->num_blocks, blocks[0] * blocks[1] * blocks[2]);
}

/* Homes come in the order of their numbers, and are the blocks halved. */
static void check_homes(const PetscInt blocks[3])
{
  const PetscInt homes[3] = {(blocks[0] + 1) / 2, (blocks[1] + 1) / 2, (blocks[2] + 1) / 2};
  BlockWalk at = BLOCK_WALK_START;
  int32_t before = 0;

  while (BlockWalkNext(blocks, &at)) {
    const PetscInt halved[3] = {at.at[0] / 2, at.at[1] / 2, at.at[2] / 2};

    CU_ASSERT_EQUAL(at.home, number_of(homes, halved));
    CU_ASSERT(at.home >= before);
    before = at.home;
  }
}

/* Each link is computed at the end that comes first: a wrong answer loses it or doubles it. */
static void check_neighbours(const PetscInt blocks[3])
{
  PetscInt num_wrong = 0;
  Walked walked;

  walk(blocks, &walked);
  for (PetscInt b = 0; b < walked.num_blocks; b++) {
    for (int f = 0; f < 6; f++) {
      const PetscInt *at = walked.at[b];
      PetscInt beside[3] = {at[0], at[1], at[2]};
      const int axis = f / 2, up = f % 2;

      beside[axis] += 2 * up - 1;
      if (beside[axis] < 0 || beside[axis] >= blocks[axis]) continue;
      num_wrong += BlockWalkCameBy(at, axis, up) != (walked.turn[number_of(blocks, beside)] < b);
    }
  }
  CU_ASSERT_EQUAL(num_wrong, 0);
}

/* Even boxes and odd ones, flat ones, lines. */
static void in_every_box(void (*check)(const PetscInt blocks[3]))
{
  for (PetscInt box = 0; box < MOST; box++) {
    const PetscInt blocks[3] = {1 + box % LONGEST, 1 + box / LONGEST % LONGEST,
                                1 + box / (LONGEST * LONGEST)};

    (*check)(blocks);
  }
}

static PetscErrorCode blocks_of_a_home_come_together(void)
{
  PetscFunctionBeginUser;
  in_every_box(check_homes);
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode every_block_comes_once_and_neighbours_are_known(void)
{
  PetscFunctionBeginUser;
  in_every_box(check_neighbours);
  PetscFunctionReturn(PETSC_SUCCESS);
}

static const Test tests[] = {
    {"blocks of a home come together, homes in order", blocks_of_a_home_come_together},
    {"every block comes once, and it is known which neighbours came by",
     every_block_comes_once_and_neighbours_are_known},
};

HARNESS_MAIN("block_walk", tests)
