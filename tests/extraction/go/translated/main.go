package main

import (
	"os"

	"github.com/mark3labs/mcp-go/mcp"
	"github.com/mark3labs/mcp-go/server"
)

type translate func(key string, fallback string) string

type toolset struct {
	name  string
	read  []server.ServerTool
	write []server.ServerTool
}

func (t *toolset) addRead(tools ...server.ServerTool) *toolset {
	t.read = append(t.read, tools...)
	return t
}

func (t *toolset) addWrite(tools ...server.ServerTool) *toolset {
	if readOnly() {
		return t
	}
	t.write = append(t.write, tools...)
	return t
}

func (t *toolset) register(s *server.MCPServer) {
	for _, tool := range t.read {
		s.AddTool(tool.Tool, tool.Handler)
	}
	for _, tool := range t.write {
		s.AddTool(tool.Tool, tool.Handler)
	}
}

func readOnly() bool { return os.Getenv("READ_ONLY") != "" }

func helper() translate {
	known := map[string]string{}
	return func(key, fallback string) string {
		if value, ok := os.LookupEnv(key); ok {
			known[key] = value
			return value
		}
		return fallback
	}
}

func findLamp(t translate) (tool mcp.Tool, handler server.ToolHandlerFunc) {
	return mcp.NewTool("find_lamp",
			mcp.WithDescription(t("TOOL_FIND_LAMP_DESCRIPTION", "Find a lamp by room")),
			mcp.WithToolAnnotation(mcp.ToolAnnotation{
				Title:        t("TOOL_FIND_LAMP_TITLE", "Find a lamp"),
				ReadOnlyHint: toPtr(true),
			}),
			mcp.WithString("room", mcp.Required(), mcp.Description("Room")),
		),
		nil
}

func moveLamp(t translate) (tool mcp.Tool, handler server.ToolHandlerFunc) {
	return mcp.NewTool("move_lamp", mcp.WithDescription(t("TOOL_MOVE_LAMP_DESCRIPTION", "Move a lamp"))), nil
}

func toPtr[T any](value T) *T { return &value }

func newServerTool(tool mcp.Tool, handler server.ToolHandlerFunc) server.ServerTool {
	return server.ServerTool{Tool: tool, Handler: handler}
}

func main() {
	t := helper()
	s := server.NewMCPServer("lanterns", "1")
	lamps := (&toolset{name: "lamps"}).
		addRead(newServerTool(findLamp(t))).
		addWrite(newServerTool(moveLamp(t)))
	sets := map[string]*toolset{}
	sets[lamps.name] = lamps
	for _, set := range sets {
		set.register(s)
	}
	server.ServeStdio(s)
}
