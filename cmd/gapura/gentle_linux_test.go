package main

import (
	"os"
	"os/exec"
	"strings"
	"testing"
)

// TestLongCommandsLetTheServiceGoFirst: each thread of a command beside the service has a low priority, those too that it begins later.
func TestLongCommandsLetTheServiceGoFirst(t *testing.T) {
	if os.Getenv("GAPURA_TEST_GENTLE") == "" {
		c := exec.Command(os.Args[0], "-test.run", "^"+t.Name()+"$", "-test.v")
		c.Env = append(os.Environ(), "GAPURA_TEST_GENTLE=1")
		if out, err := c.CombinedOutput(); err != nil || !strings.Contains(string(out), "--- PASS") {
			t.Fatalf("%v\n%s", err, out)
		}
		return
	}
	gentle()
	held := make(chan struct{})
	for range 8 { // each takes a thread of its own
		go func() { <-held }()
	}
	defer close(held)
	tasks, err := os.ReadDir("/proc/self/task")
	if err != nil {
		t.Fatal(err)
	}
	for _, task := range tasks {
		stat, err := os.ReadFile("/proc/self/task/" + task.Name() + "/stat")
		if err != nil {
			continue // has ended
		}
		_, rest, _ := strings.Cut(string(stat), ") ")
		if nice := strings.Fields(rest)[16]; nice < "1" || strings.HasPrefix(nice, "-") || nice == "0" {
			t.Errorf("a thread has niceness %s", nice)
		}
	}
}
