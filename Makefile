# make demo   set up and run an invented district
# make quick  unit tests on SQLite, without Debian packages, in less than a minute
# make check  what is wrong by form: format, lint, known faults, large files
# make test   install what the tests need and run all of them
# The toolchain of go.mod, also where the environment says "local": its patch releases close known faults.
export GOTOOLCHAIN := $(shell sed -n "s,^toolchain ,,p" go.mod)
GO      ?= go
VERSION ?= $(shell git describe --tags --always 2>/dev/null || echo dev)
DEMO    ?= .demo

.PHONY: build package demo quick check large lint vulncheck notices test fast whole e2e bench beside soak growth deps generate mutate

build:
	CGO_ENABLED=0 $(GO) build -trimpath -ldflags "-s -w -X main.version=$(VERSION)" -o bin/gapura ./cmd/gapura

# A Debian package of provider and desk, with their services: bin/gapura_VERSION_ARCH.deb
package: build
	package/build bin/gapura $(VERSION) bin

demo: build
	bin/gapura demo --dir $(DEMO)

# Debian packages that the tests run on; nothing is installed when all are there. Of Prometheus only its promtool is used. Chromium whole is
# for what a browser leaves in its folders; all else runs on the one without windows, which takes half the processor time.
PACKAGES = curl postgresql pgbackrest chromium chromium-headless-shell wrk nginx-light poppler-utils pcscd vsmartcard-vpcd \
	libreoffice-calc-nogui php-cli default-jdk-headless python3 prometheus adduser systemd iproute2 e2fsprogs
deps:
	@missing=""; for p in $(PACKAGES); do dpkg -s $$p >/dev/null 2>&1 || missing="$$missing $$p"; done; \
	if [ -n "$$missing" ]; then SUDO=$$([ "$$(id -u)" = 0 ] || echo sudo); \
	$$SUDO apt-get update -qq && DEBIAN_FRONTEND=noninteractive $$SUDO apt-get install -y -qq $$missing prometheus-node-exporter-; fi

# Tracked files above 1 MB that may be there, by name; a built program is none of them.
LARGE =
large:
	@bad=$$(git ls-files -z | xargs -0 -r stat -c '%s %n' 2>/dev/null | awk '$$1 > 1000000 { print substr($$0, length($$1) + 2) }' | \
	grep -vxF $(foreach f,/ $(LARGE),-e $(f))); if [ -n "$$bad" ]; then echo "tracked files above 1 MB: $$bad"; exit 1; fi

# The order of rooms, unused code, spelling, logging: .golangci.yml.
lint:
	$(GO) run github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0 run ./...

# Known faults in code that is called. The database is a module too, so that it needs the module proxy only; take a newer one with each release.
VULNDB   = v0.0.0-20261105234957-e22db6528018
VULNDIR  = $(shell dirname $$($(GO) env GOCACHE))/gapura-vulndb/$(VULNDB)
vulncheck:
	@if [ ! -d $(VULNDIR) ]; then rm -rf $(VULNDIR).new && mkdir -p $(VULNDIR).new && \
	$(GO) run golang.org/x/vulndb/cmd/indexdb@$(VULNDB) -out $(VULNDIR).new \
	-vulns $$($(GO) mod download -json golang.org/x/vulndb@$(VULNDB) | sed -n 's/^\t"Dir": "\(.*\)",$$/\1/p')/data/osv && mv $(VULNDIR).new $(VULNDIR); fi
	$(GO) run golang.org/x/vuln/cmd/govulncheck@v1.9.0 -db file://$(VULNDIR) ./...

# What the program contains of others, with its terms (gapura licenses): to be made anew after each change of go.mod.
notices:
	$(GO) run ./internal/notices/gen

check: large lint vulncheck
	$(GO) run ./internal/notices/gen -check
	@out=$$(gofmt -l $$(git ls-files '*.go')); if [ -n "$$out" ]; then echo "gofmt: $$out"; exit 1; fi
	$(GO) vet ./...
	GOOS=windows CGO_ENABLED=0 $(GO) vet ./desk/pcsc ./desk/card
	GOOS=windows CGO_ENABLED=0 $(GO) build -o /dev/null ./cmd/gapura

# Test databases lie in memory where there is room for them: every commit waits for the disk, and nothing is to survive here.
MEMORY = dir=/dev/shm/gapura-$$(id -u)-$$$$; { [ $$(df -k /dev/shm | awk 'END { print $$4 }') -gt $(1) ] && mkdir -m 711 $$dir && \
	cp /bin/true $$dir/true && $$dir/true && rm $$dir/true; } 2>/dev/null || dir=$${TMPDIR:-/tmp}

# Passwords are hashed at a lower cost where tests are about something else.
CHEAP = -ldflags='-w -X gapura/agreement/party.argonMemory=64'

# Leaves out by name what takes minutes or needs LibreOffice, and test/, which needs whole processes and a browser; -short leaves out
# PostgreSQL, pdftotext and pcscd, and makes statistics smaller. make check vets.
LONG = ^Test(TwoYears|CollectorsOfManyKinds|WorkbookIsReadByLibreOffice)$$
quick:
	@$(call MEMORY,1000000); GOTMPDIR=$${TMPDIR:-/tmp} TMPDIR=$$dir GOGC=400 $(GO) test -short -skip '$(LONG)' -vet=off $(CHEAP) \
	$$($(GO) list ./... | grep -v /test/); status=$$?; rmdir $$dir 2>/dev/null; exit $$status

# Fast tests first; those on whole processes and in a browser last. Go's summary ends the run, unless it left processes or files behind.
test: deps check build
	@$(call MEMORY,8000000); TMPDIR=$$dir test/traceless $(MAKE) --no-print-directory fast whole; status=$$?; rmdir $$dir 2>/dev/null; exit $$status

# Rooms without a goroutine or a lock, in code or test: nothing there for the race detector.
SINGLE = $(addprefix gapura/,person/nik person/value person/freetext agreement/agreement agreement/obligation agreement/reader office/procedure \
	office/report office/evaluation office/incident office/manuscript internal/document internal/table)

# The race detector watches all that is written in Go. SQLite is C turned into Go, with memory and locks of its own: watching each of its
# accesses took five times as long and could say nothing about this program. Its driver, where Go's values cross, is watched.
RACE = -race $(CHEAP) $(foreach m,sqlite/lib libc memory,-gcflags=modernc.org/$(m)=-race=false)
# Walks through all pages and commands by one caller after the other; cmd/gapura's tests with many callers stay under the race detector.
WALKS = ^Test(TwoYears|Commands|EveryDoorAsksWhoAndFromWhere|EveryReadingIsInTheTableAndRecorded|AnotherAgencysDataIsNotThere|AMatchOnlyUserGetsNoValueAtAnyDoorOrPath|AnApplicationNarrowsItsUsersAtEveryDoor|TheLegacyWireAsksWhoAndFromWhere|TwoPeopleAreNeededForANewAdministrator)$$
fast:
	GOTMPDIR=/tmp GOGC=400 $(GO) test $(RACE) -vet=off -p 3 -count=1 -timeout 50m -skip '$(WALKS)' $$($(GO) list ./... | grep -v /test/ | grep -vxF "$$(printf '%s\n' $(SINGLE))")

# Without the race detector: what is one caller after the other (the rooms above, the story of two years, commands), what is counted over much
# traffic (the Watcher), and what passwords cost, which is not linked cheaper here.
whole: build
	$(GO) test -vet=off -count=1 $(SINGLE) ./agreement/party ./access/abuse
	$(GO) test -vet=off -count=1 -run '^TestFailedSignIn' ./store
	$(GO) test -vet=off -count=1 -timeout 20m $(CHEAP) -run '$(WALKS)' ./cmd/gapura
	$(GO) test -vet=off -count=1 -timeout 40m ./test/...

e2e: build
	$(GO) test -count=1 -v -timeout 40m ./test/browser

bench: build
	$(GO) run ./test/bench
	$(GO) run ./test/bench -postgres -dataset=false -residents 200000 -records 200000
	$(GO) test -run '^$$' -bench 'Cost|Behind|FirstLookup' -benchtime 1x ./store
	$(GO) test -run '^$$' -bench Lookup -benchtime 100000x ./web/api
	$(GO) test -run '^$$' -bench Flood -benchtime 5x ./access/admission
	$(GO) test -run '^$$' -bench CompareName ./person/population
	$(GO) test -run '^$$' -bench Reconcile -benchtime 10x -timeout 30m ./web/console
	$(GO) test -run '^$$' -bench BenchmarkReport -benchtime 2x -timeout 30m ./web/console
	$(GO) test -run '^$$' -bench Verify -benchtime 1x ./journal/journal
	$(GO) test -run '^$$' -bench 'Pages|Dashboard' -benchtime 20x -timeout 30m ./web/console ./web/desk

# Lookups at a fixed rate while imports, uploads, reports, backups, pages and an archive go on.
beside: build
	$(GO) run ./test/bench -beside -dataset=false

# 1,000 lookups a second for a given time, with the figures of each minute; fails when it does not stay steady. make soak FOR=1h
FOR = 10m
soak: build
	$(GO) run ./test/bench -soak $(FOR) -dataset=false -residents 100000 -records 100000

# Lookups on a log of any size beside a nearly empty one, and bytes a record by table and index. 100 million records and 10 million
# residents take some hours and 60 GB: make growth RECORDS=100000000 RESIDENTS=10000000
RECORDS = 5000000
RESIDENTS = 1000000
growth: build
	$(GO) run ./test/bench -growth -dataset=false -residents $(RESIDENTS) -records $(RECORDS)

# Queries: sqlc v1.31.1 reads store/queries and the PostgreSQL migrations.
generate:
	cd store && $(GO) run github.com/sqlc-dev/sqlc/cmd/sqlc@v1.31.1 generate

# The pure rooms broken in one place at a time: what share of that do their own tests notice? Named ones only: make mutate ROOMS=agreement/party
ROOMS = agreement/agreement access/access office/procedure agreement/obligation agreement/party exchange/balikan
mutate:
	nice $(GO) run ./test/mutate -least 90 $(ROOMS)
