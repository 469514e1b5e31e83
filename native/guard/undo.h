// A change of the region's heap that an executor has not ended: undone, before the server gets the heap's mutex.
#ifndef GUARD_UNDO_H
#define GUARD_UNDO_H

#include "mapping.h"
#include "region.h"

// Undoes what the log in the region notes (assembly/core/undo.ts), and what the ledger says of it. Nobody else may use the heap meanwhile.
void undo_change(struct region *region, struct mapping *mapping);

#endif
