package site_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"strings"
	"testing"
)

// Forms come in by Form, Unsearched and Parts alone: what else the standard library offers would let texts by that nobody searched, or put
// uploads to a temporary file in clear.
func TestFormsComeInByOneWay(t *testing.T) {
	ours := map[string]string{
		"web/site/form.go: ParseForm": "", "web/site/form.go: PostForm": "", "web/site/upload.go: MultipartReader": "",
		"web/portal/balikan.go: ParseForm": "rows that were read before", "web/portal/balikan.go: PostForm": "rows that were read before",
	}
	banned := map[string]bool{"ParseMultipartForm": true, "FormFile": true, "MultipartForm": true, "FormValue": true,
		"PostFormValue": true, "ParseForm": true, "PostForm": true, "MultipartReader": true, "ReadForm": true}
	root, files, seen := filepath.Join("..", ".."), token.NewFileSet(), 0
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && (d.Name() == "node_modules" || strings.HasPrefix(d.Name(), ".") && d.Name() != ".."):
			return fs.SkipDir
		case !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go"):
			return nil
		}
		name, err := filepath.Rel(root, path)
		if err != nil || strings.HasPrefix(name, "test") || strings.HasPrefix(name, "examples") { // clients and programs that test
			return err
		}
		file, err := parser.ParseFile(files, path, nil, 0)
		if err != nil {
			return err
		}
		seen++
		ast.Inspect(file, func(n ast.Node) bool {
			if x, ok := n.(*ast.SelectorExpr); ok && banned[x.Sel.Name] {
				if pkg, ok := x.X.(*ast.Ident); ok && pkg.Name == "http" { // a client's http.PostForm
					return true
				}
				if _, known := ours[filepath.ToSlash(name)+": "+x.Sel.Name]; !known {
					t.Errorf("%s: %s", files.Position(x.Pos()), x.Sel.Name)
				}
			}
			return true
		})
		return nil
	})
	if err != nil || seen < 300 {
		t.Fatalf("%d files: %v", seen, err)
	}
}
