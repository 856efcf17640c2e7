package docs

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strings"
	"testing"
)

// mostMethods is how many methods a type may offer to other rooms: what offers more is several things.
const mostMethods = 40

// TestNoTypeOffersMoreThanFortyMethods counts the exported methods of each exported type, and those that an interface asks for, by itself
// and through the interfaces of its own package that it is made of.
func TestNoTypeOffersMoreThanFortyMethods(t *testing.T) {
	methods, asked, madeOf := map[string]int{}, map[string]int{}, map[string][]string{}
	files := token.NewFileSet()
	for _, name := range tracked(t) {
		if !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") || strings.HasPrefix(name, "store/sqldb/") {
			continue // what sqlc makes has a method for each query
		}
		tree, err := parser.ParseFile(files, filepath.Join(root, name), nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		room := filepath.Dir(name) + "."
		for _, d := range tree.Decls {
			switch d := d.(type) {
			case *ast.FuncDecl:
				if d.Recv != nil && d.Name.IsExported() {
					methods[room+receiver(d.Recv.List[0].Type)]++
				}
			case *ast.GenDecl:
				for _, s := range d.Specs {
					spec, ok := s.(*ast.TypeSpec)
					if !ok {
						continue
					}
					x, ok := spec.Type.(*ast.InterfaceType)
					if !ok {
						continue
					}
					for _, m := range x.Methods.List {
						asked[room+spec.Name.Name] += len(m.Names)
						if part, ok := m.Type.(*ast.Ident); ok && len(m.Names) == 0 {
							madeOf[room+spec.Name.Name] = append(madeOf[room+spec.Name.Name], room+part.Name)
						}
					}
				}
			}
		}
	}
	var whole func(name string) int
	whole = func(name string) int {
		n := asked[name]
		for _, part := range madeOf[name] {
			n += whole(part)
		}
		return n
	}
	for name := range asked {
		methods[name] = whole(name)
	}
	counted := 0
	for name, n := range methods {
		_, kind, _ := strings.Cut(filepath.Base(name), ".")
		if !ast.IsExported(kind) {
			continue
		}
		if counted++; n > mostMethods {
			t.Errorf("%s has %d methods", name, n)
		}
	}
	if counted < 100 {
		t.Errorf("only %d types were counted", counted)
	}
}

// receiver is the name of a method's type.
func receiver(x ast.Expr) string {
	switch x := x.(type) {
	case *ast.StarExpr:
		return receiver(x.X)
	case *ast.IndexExpr:
		return receiver(x.X)
	case *ast.IndexListExpr:
		return receiver(x.X)
	case *ast.Ident:
		return x.Name
	}
	return ""
}
