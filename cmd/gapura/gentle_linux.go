package main

import (
	"os"
	"strconv"

	"golang.org/x/sys/unix"
)

// gentle lets the service that answers meanwhile go first: a long command beside it waits for the processor's idle time, not lookups for
// the command. Linux keeps the niceness of each thread; a new one takes that of the thread that began it. Who may not go on as before.
func gentle() {
	tasks, _ := os.ReadDir("/proc/self/task")
	for _, t := range tasks {
		if id, err := strconv.Atoi(t.Name()); err == nil {
			_ = unix.Setpriority(unix.PRIO_PROCESS, id, niceness)
		}
	}
}

// niceness leaves a command a tenth of a processor that is wanted by others all the time.
const niceness = 10
