package e2e

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"strongroom/internal/policy/clefjs"
)

// ruleWorkers are the processes that run the rule file of a signer.
func (s *signer) ruleWorkers() (pids []int) {
	s.t.Helper()
	files, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil {
		s.t.Fatal(err)
	}
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			continue // it ended
		}
		// pid (name) state parent
		head, tail, _ := strings.Cut(string(text), " (")
		end := strings.LastIndexByte(tail, ')')
		var state string
		var parent int
		if _, err := fmt.Sscan(tail[end+1:], &state, &parent); err != nil || parent != s.cmd.Process.Pid || state == "Z" {
			continue
		}
		if pid, err := strconv.Atoi(head); err == nil && strings.HasPrefix(clefjs.WorkerName, tail[:end]) {
			pids = append(pids, pid)
		}
	}
	return pids
}

// TestClefRuleWorkersAreKilled: whenever the process of the rule file dies, no signature
// is given away that was not counted, and the signer goes on.
func TestClefRuleWorkersAreKilled(t *testing.T) {
	t.Parallel()
	const rounds, together, most = 15, 24, 3
	s := attested(t, limitOfThree).unattended()
	c := crowd(t, together)
	s.mustSign(pay(rounds, 1))
	random := rand.New(rand.NewPCG(campaignSeed(t), 2))
	killed := 0
	got := map[int]int{}
	for round := range rounds {
		var killer sync.WaitGroup
		moments := []time.Duration{time.Duration(random.IntN(8000)) * time.Microsecond, time.Duration(random.IntN(3000)) * time.Microsecond}
		killer.Go(func() {
			for _, m := range moments {
				time.Sleep(m)
				for _, pid := range s.ruleWorkers() {
					if syscall.Kill(pid, syscall.SIGKILL) == nil {
						killed++
					}
				}
			}
		})
		got[round] = s.roughVolley(c, round, together)
		killer.Wait()
		if got[round] > most {
			t.Fatalf("round %d: %d signatures", round, got[round])
		}
	}
	await(t, "the rules to decide again", func() bool {
		a, err := s.through(c, "account_signTransaction", pay(rounds+1, 1))
		return err == nil && a.raw() != ""
	})
	s.ends()
	stored := s.stored()
	for round, n := range got {
		if counted, _ := strconv.Atoi(stored[fmt.Sprint("count", round)]); counted != n {
			t.Errorf("round %d: %d signatures, %d counted", round, n, counted)
		}
	}
	if killed == 0 {
		t.Error("no process was killed")
	}
}

// campaignSeed is that of a random campaign; it is printed, and can be given again.
func campaignSeed(t *testing.T) uint64 {
	seed := uint64(time.Now().UnixNano())
	if given, err := strconv.ParseUint(os.Getenv(killSeed), 10, 64); err == nil {
		seed = given
	}
	t.Logf("repeat with %s=%d", killSeed, seed)
	return seed
}

// clefKills is how often TestClefIsKilled kills, unless the environment says otherwise.
const (
	clefKills    = 6
	clefKillsSet = "STRONGROOM_TEST_CLEF_KILLS"
)

// TestClefIsKilled: whenever the signer dies, or is told to end, what callers have got is
// never more than what is counted, nor more than the limit, over all its lives.
func TestClefIsKilled(t *testing.T) {
	t.Parallel()
	kills := clefKills
	if given, err := strconv.Atoi(os.Getenv(clefKillsSet)); err == nil {
		kills = given
	}
	const nonces, together, most = 4, 12, 3
	random := rand.New(rand.NewPCG(campaignSeed(t), 3))
	p := attested(t, limitOfThree)
	got := map[int]map[string]bool{} // by nonce, everything that anybody ever got
	var mu sync.Mutex
	next, first := 0, 0
	for kill := range kills {
		s := p.unattended()
		c := crowd(t, together)
		s.mustSign(pay(1_000_000+kill, 1)) // the key is open
		moment := time.Duration(random.IntN(60_000)) * time.Microsecond
		var work sync.WaitGroup
		stop := make(chan struct{})
		for range together {
			work.Go(func() {
				for {
					mu.Lock()
					nonce, value := first+next/10%nonces, next
					next++
					mu.Unlock()
					a, err := s.through(c, "account_signTransaction", pay(nonce, value))
					mu.Lock()
					if raw := a.raw(); err == nil && raw != "" {
						if got[nonce] == nil {
							got[nonce] = map[string]bool{}
						}
						got[nonce][raw] = true
					}
					mu.Unlock()
					if err != nil {
						select {
						case <-stop: // it was killed
						default:
							t.Errorf("before the kill: %v", err)
						}
						return
					}
				}
			})
		}
		time.Sleep(moment)
		close(stop)
		with := syscall.SIGKILL
		if kill%3 == 2 {
			with = syscall.SIGTERM
		}
		if status := s.stop(with); with == syscall.SIGTERM && (status != 0 || exists(s.socket())) {
			t.Errorf("status %d: %s", status, s.stdout.from(0))
		}
		if kill%2 == 1 {
			first += nonces // fresh ones; otherwise those that were under way go on
		}
		work.Wait()
		p.verify()
	}
	s := p.unattended()
	s.mustList()
	s.ends()
	stored := s.stored()
	total := 0
	for nonce, all := range got {
		counted, _ := strconv.Atoi(stored[fmt.Sprint("count", nonce)])
		if len(all) > counted || counted > most {
			t.Errorf("nonce %d: callers got %d signatures, %d are counted, %d are allowed", nonce, len(all), counted, most)
		}
		total += len(all)
	}
	if total == 0 {
		t.Error("nothing was ever signed")
	}
	t.Logf("%d kills, %d signatures", kills, total)
}

func (s *signer) mustList() {
	s.t.Helper()
	if _, failure := s.call("account_list"); failure != "" {
		s.t.Fatal(failure)
	}
}

// TestClefFileSizeLimit plays a full disk by the limit on the size of files that every
// system has, from one at which nothing can be written to one at which the last things
// just can not.
func TestClefFileSizeLimit(t *testing.T) {
	t.Parallel()
	const together, most = 12, 3
	s := attested(t, limitOfThree).unattended()
	c := crowd(t, together)
	s.volley(c, 0, together)
	size := int64(0)
	for _, path := range s.written() {
		if info, err := os.Stat(path); err == nil {
			size = max(size, info.Size())
		}
	}
	got := map[int]int{}
	nonce := 1
	for step := range 12 { // rewriting in place works within the first page, as on a full disk
		if err := limitFiles(s.cmd.Process.Pid, max(4096, uint64(size)*uint64(step)/8)); err != nil {
			t.Fatal(err)
		}
		got[nonce] = s.roughVolley(c, nonce, together)
		nonce++
	}
	if err := limitFiles(s.cmd.Process.Pid, unix.RLIM_INFINITY); err != nil {
		t.Fatal(err)
	}
	s.afterFullDisk(c, got, nonce, together, most)
}

// written are the files that the signer writes while it signs.
func (p *place) written() []string {
	files, _ := filepath.Glob(filepath.Join(p.journal(), "*"))
	return append(files, filepath.Join(p.vaultDir(), "jsstorage.json"))
}

// roughVolley is a volley in trouble: refusals may have any reason.
func (s *signer) roughVolley(c *http.Client, nonce, n int) int {
	s.t.Helper()
	var mu sync.Mutex
	var work sync.WaitGroup
	different := map[string]bool{}
	for i := range n {
		work.Go(func() {
			a, err := s.through(c, "account_signTransaction", pay(nonce, i))
			if err != nil {
				s.t.Error(err)
			}
			mu.Lock()
			defer mu.Unlock()
			if raw := a.raw(); raw != "" {
				different[raw] = true
			} else if a.Error == nil {
				s.t.Errorf("neither signature nor refusal: %s", a.Result)
			}
		})
	}
	work.Wait()
	return len(different)
}

// afterFullDisk compares what was signed with what is counted, once there is room again
// and after another start.
func (s *signer) afterFullDisk(c *http.Client, got map[int]int, fresh, together, most int) {
	s.t.Helper()
	full := 0
	for nonce, n := range got {
		if n > most {
			s.t.Errorf("nonce %d: %d signatures", nonce, n)
		}
		if n == most {
			continue
		}
		full++
		if more, _ := s.volley(c, nonce, together); n+more > most {
			s.t.Errorf("nonce %d: %d signatures, and %d with room again", nonce, n, more)
		}
	}
	if full == 0 {
		s.t.Error("the disk was never full")
	}
	if n, _ := s.volley(c, fresh, together); n != most {
		s.t.Fatalf("with room again: %d signatures", n)
	}
	s.ends()
	again := s.unattended()
	if n, _ := again.volley(c, fresh+1, together); n != most {
		s.t.Errorf("after the next start: %d signatures", n)
	}
	if n, _ := again.volley(c, fresh, together); n != 0 {
		s.t.Errorf("after the next start: %d signatures too many", n)
	}
	again.ends()
}

// TestClefFullDisk plays a full disk on a small file system, with more and more room
// left, so that it ends at every write there is between a decision and its count.
func TestClefFullDisk(t *testing.T) {
	onSmallDisk(t, func(folder string) {
		t.Setenv("TMPDIR", folder)
		const together, most = 12, 3
		s := attested(t, limitOfThree).unattended()
		c := crowd(t, together)
		s.volley(c, 0, together)
		ballast := filepath.Join(folder, "ballast")
		got := map[int]int{}
		nonce := 1
		for left := range int64(8) {
			if err := fillDisk(ballast); err != nil {
				t.Fatal(err)
			}
			if info, err := os.Stat(ballast); err != nil || os.Truncate(ballast, info.Size()-left*4096) != nil {
				t.Fatal(err)
			}
			for range 2 {
				got[nonce] = s.roughVolley(c, nonce, together)
				nonce++
			}
		}
		if err := os.Remove(ballast); err != nil {
			t.Fatal(err)
		}
		s.afterFullDisk(c, got, nonce, together, most)
	})
}

// TestClefReadOnlyVault: a directory that can not be written keeps signatures back.
func TestClefReadOnlyVault(t *testing.T) {
	t.Parallel()
	s := attested(t, limitOfThree).unattended()
	c := crowd(t, 4)
	s.mustSign(pay(1, 1))
	// Root may write everywhere, but no directory where there is a file.
	storage, aside := filepath.Join(s.vaultDir(), "jsstorage.json"), filepath.Join(s.dir, "moved")
	if err := os.Rename(s.vaultDir(), aside); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(s.vaultDir(), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for i := range 5 {
		if a, err := s.through(c, "account_signTransaction", pay(1, 2+i)); err != nil || a.raw() != "" || a.Error == nil {
			t.Errorf("%v %s", err, a.Result)
		}
	}
	if err := os.Remove(s.vaultDir()); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(aside, s.vaultDir()); err != nil {
		t.Fatal(err)
	}
	if n, _ := s.volley(c, 1, 4); n > 2 {
		t.Errorf("%d signatures too many", n-2)
	}
	s.ends()
	if _, err := os.Stat(storage); err != nil {
		t.Error(err)
	}
}
