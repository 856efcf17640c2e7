package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"strconv"
)

// A mutant is one change of a file's text.
type mutant struct {
	number   int // from 1 on, over a room
	from, to int // offsets of what is replaced
	text     string
	place    string // file:line:column
	what     string // the change in words
}

// swaps are what stands in an operator's place: a comparison is turned round and, where it has a bound, its bound is moved.
var swaps = map[token.Token][]string{
	token.EQL: {"!="}, token.NEQ: {"=="}, token.LSS: {"<=", ">="}, token.LEQ: {"<", ">"}, token.GTR: {">=", "<="}, token.GEQ: {">", "<"},
	token.LAND: {"||"}, token.LOR: {"&&"}, token.ADD: {"-"}, token.SUB: {"+"}, token.MUL: {"/"}, token.QUO: {"*"}, token.REM: {"*"},
	token.AND: {"|"}, token.OR: {"&"}, token.AND_NOT: {"&"}, token.SHL: {">>"}, token.SHR: {"<<"},
}

var assigns = map[token.Token]string{token.ADD_ASSIGN: "-=", token.SUB_ASSIGN: "+=", token.MUL_ASSIGN: "/=", token.QUO_ASSIGN: "*=",
	token.OR_ASSIGN: "&="}

// A finder collects the mutants of one file.
type finder struct {
	name   string
	set    *token.FileSet
	file   *ast.File
	source []byte
	found  []mutant
}

// find finds every place of a file that can be broken in a way that tests should notice.
func find(name string) (*finder, error) {
	f := &finder{name: name, set: token.NewFileSet()}
	var err error
	if f.source, err = os.ReadFile(name); err != nil {
		return nil, err
	}
	if f.file, err = parser.ParseFile(f.set, name, f.source, parser.SkipObjectResolution); err != nil {
		return nil, err
	}
	ast.Inspect(f.file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.GenDecl:
			return n.Tok != token.IMPORT && n.Tok != token.TYPE
		case *ast.BlockStmt:
			f.statements(n.List)
		case *ast.CaseClause:
			f.statements(n.Body)
		case ast.Expr:
			f.expression(n)
		case *ast.IfStmt:
			f.condition(n.Cond)
		case *ast.SwitchStmt:
			if n.Tag == nil {
				for _, c := range n.Body.List {
					for _, e := range c.(*ast.CaseClause).List {
						f.condition(e)
					}
				}
			}
		}
		return true
	})
	return f, nil
}

func (f *finder) add(from, to token.Pos, text, what string) {
	p := f.set.Position(from)
	f.found = append(f.found, mutant{from: p.Offset, to: f.set.Position(to).Offset, text: text, place: p.String(), what: what})
}

func (f *finder) text(n ast.Node) string {
	return string(f.source[f.set.Position(n.Pos()).Offset:f.set.Position(n.End()).Offset])
}

// condition turns a whole condition round; a comparison is turned round by its operator.
func (f *finder) condition(e ast.Expr) {
	switch e.(type) {
	case *ast.BinaryExpr, *ast.UnaryExpr:
	default:
		f.add(e.Pos(), e.End(), "!("+f.text(e)+")", "turned round")
	}
}

func (f *finder) expression(e ast.Expr) {
	switch e := e.(type) {
	case *ast.BinaryExpr:
		for _, s := range swaps[e.Op] {
			f.add(e.OpPos, e.OpPos+token.Pos(len(e.Op.String())), s, e.Op.String()+" became "+s)
		}
	case *ast.UnaryExpr:
		if e.Op == token.NOT || e.Op == token.SUB {
			f.add(e.OpPos, e.OpPos+1, "", e.Op.String()+" left out")
		}
	case *ast.Ident:
		if other := map[string]string{"true": "false", "false": "true"}[e.Name]; other != "" {
			f.add(e.Pos(), e.End(), other, e.Name+" became "+other)
		}
	case *ast.BasicLit:
		if n, err := strconv.Atoi(e.Value); err == nil && e.Kind == token.INT {
			f.add(e.Pos(), e.End(), strconv.Itoa(n+1), fmt.Sprintf("%d became %d", n, n+1))
		}
	}
}

// statements leaves each statement out that can be left out, and turns what an assignment does round.
func (f *finder) statements(list []ast.Stmt) {
	for _, s := range list {
		switch s := s.(type) {
		case *ast.ExprStmt, *ast.IncDecStmt:
			f.add(s.Pos(), s.End(), "", "statement left out")
		case *ast.BranchStmt:
			if s.Tok != token.FALLTHROUGH {
				f.add(s.Pos(), s.End(), "", s.Tok.String()+" left out")
			}
		case *ast.AssignStmt:
			if s.Tok != token.DEFINE {
				f.add(s.Pos(), s.End(), "", "statement left out")
			}
			if other := assigns[s.Tok]; other != "" {
				f.add(s.TokPos, s.TokPos+token.Pos(len(s.Tok.String())), other, s.Tok.String()+" became "+other)
			}
		}
	}
}
