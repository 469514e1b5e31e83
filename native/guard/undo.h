// Undoes a change of the region's heap that an executor did not complete, before the server gets the heap's mutex.
#ifndef GUARD_UNDO_H
#define GUARD_UNDO_H

#include "mapping.h"
#include "region.h"

// Undoes the changes that the undo log in the region lists (assembly/core/undo.ts), and resets the ledger. No other process may use the
// heap meanwhile.
void undo_change(struct region *region, struct mapping *mapping);

#endif
