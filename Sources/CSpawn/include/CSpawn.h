#pragma once

#include <spawn.h>

/// Closes, in the process that is spawned, all descriptors from `first` on.
///
/// `posix_spawn_file_actions_addclosefrom_np` (glibc 2.34), which its header hides from Swift.
int bobo_spawn_close_from(posix_spawn_file_actions_t *actions, int first);
