// Package store keeps everything in SQLite or PostgreSQL, with the same queries on both; nothing else speaks SQL. What a method has written
// when it returns nil survives a crash of the machine. A DB is safe for concurrent use, on PostgreSQL also by several processes.
//
// On SQLite the population lies in a file of its own: it is a copy of SIAK that can be imported anew, its long imports do not hold up a
// record, and the records' commits do not empty its page cache. What only follows from the logs lies in a third one: see Derived.
package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"

	_ "github.com/jackc/pgx/v5/stdlib" // driver "pgx"
	_ "modernc.org/sqlite"             // driver "sqlite"

	"gapura/internal/keyring"
	"gapura/journal/journal"
	"gapura/store/sqldb"
)

// A DB is one installation's data. It holds what all subjects share: connections, transactions, keys and the version of the rights. What is
// kept of a subject is read and written through its handle, each in a file named after it.
type DB struct {
	Accounts      *Accounts     // what people and programs are let in by: lanes, tokens, sessions
	Balikan       *Balikan      // data balikan and what lookups expect
	Calendar      *Calendar     // working days
	Canaries      *Canaries     // invented persons for the check of what an agency keeps
	Cases         *Cases        // runs of procedures
	Curiosity     *Curiosity    // services that explain lookups, questions about the rest, cases
	Credentials   *Credentials  // the life of every credential: tokens, slips, second factors
	Derived       *Derived      // what follows from the logs alone, and is filled behind them
	Desks         *Desks        // enrolment of agencies' desks
	Duties        *Duties       // due dates, reminders, evidence
	Evaluations   *Evaluations  // half-year judgements and their reports to the ministry
	Files         *Files        // scans and letters, sealed
	Guard         *Guard        // alerts, stops, decoys, settings of the Watcher
	Incidents     *Incidents    // the register of incidents
	Institutions  *Institutions // institutions with heads, contacts and readers
	Journal       *Journal      // records, leaves, checkpoints, archives
	Letters       *Letters      // the register of letters and their templates
	Mails         *Mails        // the queue of e-mail
	Outages       *Outages      // planned outages as they were announced
	Notices       *Notices      // what people find on their pages
	Registry      *Registry     // the residents
	Reports       *Reports      // semester reports
	Rights        *Rights       // standings, agreements, and every change of a right
	Sums          *Sums         // sums of the records
	Users         *Users        // user ids
	Uses          *Uses         // who asked for a NIK
	Sealing       *Sealing      // what is sealed by the key file
	Manuscripts   *Manuscripts  // agreements and guidelines as documents
	Wire          *Wire         // profiles of the legacy wire
	Protections   *Protections
	Subscriptions *Subscriptions // residents who are told by e-mail
	Witness       *Witness       // cosigners, their cosignatures and alarms

	main, mainRead     *database
	people, peopleRead *database
	snapshots          *snapshots // SQLite only
	// What is derived; derivedRead sees everything else beside it. derivedFile is empty on PostgreSQL.
	derived, derivedRead *database
	derivedFile          string
	file                 string     // of main on SQLite; the others lie beside it
	healing              sync.Mutex // who makes it anew
	postgres             bool
	archives             string // folder of the journal's archives; empty: none
	append               sqldb.Append
	take                 sqldb.Take
	derive               sqldb.Derive
	treeless, sealless   bool // set by a benchmark alone, to measure what the tree, and what its seal, costs

	periods periods // keys of what entries hold sealed
	tail    tail

	nikSeal, personSeal    *keyring.Sealer
	formSeal, fileSeal     *keyring.Sealer
	balikanSeal, decoySeal *keyring.Sealer
	incidentSeal           *keyring.Sealer
	reportSeal, mailSeal   *keyring.Sealer
	nikIndex, personIndex  *keyring.Indexer
	logIndex               *keyring.Indexer // seals the state of each log
	mailIndex              *keyring.Indexer // finds addresses and links of residents who are told by e-mail
	anchor                 *journal.Anchor

	// told are the rights as the entries of the transaction that changes them now have told them, by log; guarded by changing, which only
	// that transaction holds: changes of rights come one after another, over processes too.
	changing sync.Mutex
	told     map[int64]journal.Rights

	// seen is the rights version that this process last read, seenAt when (Unix nanoseconds). A decision taken on an old one is caught in
	// the record's transaction; refreshing it once a second only keeps pages fresh.
	seen, seenAt atomic.Int64

	lines *lines // to PostgreSQL; nil on SQLite

	stop chan struct{}
	done sync.WaitGroup
}

// handles gives each subject its handle.
func (s *DB) handles() {
	s.Accounts, s.Balikan, s.Calendar, s.Canaries, s.Cases = &Accounts{s}, &Balikan{s}, &Calendar{s}, &Canaries{s}, &Cases{db: s}
	s.Credentials = &Credentials{db: s}
	s.Derived, s.Curiosity = &Derived{s}, &Curiosity{s}
	s.Desks, s.Duties, s.Evaluations, s.Files, s.Guard = &Desks{s}, &Duties{db: s}, &Evaluations{s}, &Files{s}, &Guard{s}
	s.Incidents, s.Institutions, s.Journal, s.Letters, s.Mails = &Incidents{s}, &Institutions{s}, &Journal{s}, &Letters{s}, &Mails{s}
	s.Notices, s.Registry, s.Reports, s.Sums, s.Users = &Notices{s}, &Registry{s}, &Reports{s}, &Sums{s}, &Users{s}
	s.Uses, s.Witness, s.Manuscripts, s.Outages, s.Protections = &Uses{s}, &Witness{s}, &Manuscripts{s}, &Outages{s}, &Protections{s}
	s.Rights, s.Wire, s.Subscriptions = newRights(s), &Wire{db: s}, &Subscriptions{s}
}

// Options say where the data is.
type Options struct {
	URL  string // "postgres://…", or the path of the SQLite file
	Keys *keyring.Ring
	// Archives is the folder of the journal's archives, shared by all processes; empty: there are none.
	Archives string
	// Connections is how many a process has to PostgreSQL at most, besides those of what is derived; 0: DefaultConnections.
	Connections int
	// Anchor is what this machine knows of each log outside the database; nil: one in memory, for the time of this process.
	Anchor *journal.Anchor
	// Unfinished opens a copy from SQLite that is still to be verified.
	Unfinished bool
}

// Open opens the databases of an installation that Create made, and brings their schema up to date. A part that is missing, another's or a
// newer program's is named with its cure.
func Open(ctx context.Context, o Options) (*DB, error) { return open(ctx, o, false) }

func open(ctx context.Context, o Options, create bool) (*DB, error) {
	s := &DB{archives: o.Archives, anchor: o.Anchor, stop: make(chan struct{})}
	s.handles()
	s.periods.db = s
	err := s.keyed(o.Keys)
	if err != nil {
		return nil, err
	}
	s.Sealing = &Sealing{s, o.Keys}
	s.postgres = IsURL(o.URL)
	s.append, s.take, s.derive = sqldb.NewAppend(s.postgres), sqldb.NewTake(s.postgres), sqldb.NewDerive(s.postgres)
	if s.postgres {
		err = s.openPostgres(ctx, o, create)
	} else {
		err = s.openSQLite(ctx, o.URL, create)
	}
	if err == nil {
		err = s.bind(ctx, o.Keys)
	}
	if err == nil {
		err = s.periods.rewrap(ctx)
	}
	if err == nil {
		err = s.secure(ctx)
	}
	if err == nil {
		err = s.explainFound(ctx)
	}
	if err == nil {
		err = s.sealMails(ctx)
	}
	if err == nil {
		err = s.openDerived(ctx, o.URL)
	}
	if err == nil && s.snapshots != nil {
		var now sqldb.RightsNowRow
		now, err = s.main.q.RightsNow(ctx)
		s.snapshots.atLeast(now.PopulationSet)
	}
	if err != nil {
		s.Close()
		return nil, err
	}
	if !s.postgres {
		s.done.Go(s.checkpoints)
	}
	return s, nil
}

// Connect opens all connections that read from files. On a disk that has become read-only, or without a descriptor left, none could be
// opened any more, and whoever came would see more or less of the illness by chance.
func (s *DB) Connect(ctx context.Context) (err error) {
	if s.postgres {
		return nil
	}
	for d, n := range map[*database]int{s.mainRead: readers, s.derivedRead: readers, s.peopleRead: 1} {
		var held []*sql.Conn
		for range n {
			c, e := d.db.Conn(ctx)
			if err = errors.Join(err, e); e == nil {
				held = append(held, c)
			}
		}
		for _, c := range held {
			err = errors.Join(err, c.Close())
		}
	}
	return errors.Join(err, s.snapshots.connect(ctx))
}

// keyed derives of the key file what seals each kind of value, and what indexes it.
func (s *DB) keyed(keys *keyring.Ring) (err error) {
	for use, to := range map[string]**keyring.Sealer{
		"journal nik": &s.nikSeal, "population": &s.personSeal, "case fields": &s.formSeal, "files": &s.fileSeal, "balikan": &s.balikanSeal,
		"decoys": &s.decoySeal, "incidents": &s.incidentSeal, "reports": &s.reportSeal, "mails": &s.mailSeal,
		"second factors": &s.Credentials.seal, "journal periods": &s.periods.wrap,
	} {
		if *to, err = keys.Sealer(use); err != nil {
			return err
		}
	}
	for use, to := range map[string]**keyring.Indexer{"journal nik": &s.nikIndex, "log state": &s.logIndex, "population": &s.personIndex,
		"subscriptions": &s.mailIndex} {
		if *to, err = keys.Indexer(use); err != nil {
			return err
		}
	}
	return nil
}

// Close ends the store; the journal's writer must have ended before.
func (s *DB) Close() error {
	close(s.stop)
	s.done.Wait()
	if s.snapshots != nil {
		s.snapshots.close()
	}
	var errs []error
	for _, d := range []*database{s.derivedRead, s.derived, s.main, s.mainRead, s.people, s.peopleRead} {
		if d != nil {
			errs = append(errs, d.Close())
		}
	}
	if s.lines != nil {
		s.lines.close()
	}
	return errors.Join(errs...)
}

// Ready reports whether the database answers.
func (s *DB) Ready(ctx context.Context) error {
	if _, err := s.mainRead.q.RightsVersion(ctx); err != nil {
		return fmt.Errorf("database does not answer: %w", err)
	}
	return nil
}

// Examine looks whether the database is whole, as far as the engine can tell: SQLite reads every page, PostgreSQL looks after its own.
func (s *DB) Examine(ctx context.Context) error {
	if s.postgres {
		return s.Ready(ctx)
	}
	for _, d := range []*database{s.mainRead, s.peopleRead, s.derivedRead} {
		var said string
		if err := d.db.QueryRowContext(ctx, "PRAGMA quick_check(1)").Scan(&said); err != nil {
			return fmt.Errorf("examine database: %w", err)
		}
		if said != "ok" {
			return errors.New("database file is damaged: stop the program and restore a backup")
		}
	}
	return nil
}
