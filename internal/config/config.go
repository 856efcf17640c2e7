// Package config reads the configurations of both roles: one TOML file each, every key overridable by an environment variable. It knows no
// other package, so that every command can use it.
package config

import (
	"errors"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"

	"github.com/BurntSushi/toml"
)

// read fills into with the example's defaults, then the file, then the environment. What the example recommends and an older
// installation's file does not name (certificates, the key file's folder) is no default. An error names the file and the key.
func read(path, example, prefix string, into any) error {
	if _, err := toml.Decode(example, into); err != nil {
		return fmt.Errorf("example configuration: %w", err)
	}
	into.(interface{ unset() }).unset()
	meta, err := toml.DecodeFile(path, into)
	if err != nil {
		return fmt.Errorf("configuration %s: %w", path, err)
	}
	if extra := meta.Undecoded(); len(extra) > 0 {
		return fmt.Errorf("configuration %s: unknown key %q", path, extra[0].String())
	}
	return fromEnvironment(prefix, into)
}

// IsDesk reports whether a file configures a desk: it sets a key that only the desk knows.
func IsDesk(path string) (bool, error) {
	var p Provider
	asProvider, err := toml.DecodeFile(path, &p)
	if err != nil {
		return false, fmt.Errorf("configuration %s: %w", path, err)
	}
	var d Desk
	asDesk, err := toml.DecodeFile(path, &d)
	return err == nil && len(asProvider.Undecoded()) > 0 && len(asDesk.Undecoded()) == 0, nil
}

func beside(dir, file string) string {
	if file == "" || filepath.IsAbs(file) {
		return file
	}
	return filepath.Join(dir, file)
}

// fromEnvironment takes prefix + LISTEN and so on; a list is separated by commas.
func fromEnvironment(prefix string, into any) error {
	v := reflect.ValueOf(into).Elem()
	for i := range v.NumField() {
		if v.Type().Field(i).Anonymous {
			if err := fromEnvironment(prefix, v.Field(i).Addr().Interface()); err != nil {
				return err
			}
			continue
		}
		key := v.Type().Field(i).Tag.Get("toml")
		name := prefix + strings.ToUpper(key)
		text, ok := os.LookupEnv(name)
		if key == "-" || !ok {
			continue
		}
		switch f := v.Field(i); f.Kind() {
		case reflect.String:
			f.SetString(text)
		case reflect.Int:
			n, err := strconv.Atoi(text)
			if err != nil {
				return fmt.Errorf("environment %s: not a whole number", name)
			}
			f.SetInt(int64(n))
		case reflect.Slice:
			list := []string{}
			for part := range strings.SplitSeq(text, ",") {
				if part = strings.TrimSpace(part); part != "" {
					list = append(list, part)
				}
			}
			f.Set(reflect.ValueOf(list))
		}
	}
	return nil
}

func loopbackHost(host string) bool {
	addr, err := netip.ParseAddr(host)
	return host == "localhost" || (err == nil && addr.IsLoopback())
}

func prefixes(list []string) ([]netip.Prefix, error) {
	var out []netip.Prefix
	for _, s := range list {
		p, err := netip.ParsePrefix(s)
		if err != nil {
			a, err := netip.ParseAddr(s)
			if err != nil {
				return nil, errors.New("want addresses or CIDR prefixes")
			}
			p = netip.PrefixFrom(a, a.BitLen())
		}
		out = append(out, p.Masked())
	}
	return out, nil
}
