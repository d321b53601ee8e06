//! Where clients keep their configurations, as data: by client and by system, below the home, the system's own folder for
//! settings, the machine's, or the project. Paths are as the clients' documentation or their source gives them; some are
//! older spellings that are still read. A `*` stands for any one folder.

/// What a place is below of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Base {
    /// The home of the user.
    Home,
    /// `~/.config`, `~/Library/Application Support` or `%APPDATA%`.
    Settings,
    /// The root of the machine.
    Machine,
    /// The folder of the project.
    Project,
}

/// The systems on which a place is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SystemKind {
    Any,
    Linux,
    Mac,
    Windows,
}

impl SystemKind {
    /// Whether this program runs on such a system.
    pub fn is_here(self) -> bool {
        match self {
            SystemKind::Any => true,
            SystemKind::Linux => !cfg!(any(target_os = "macos", windows)),
            SystemKind::Mac => cfg!(target_os = "macos"),
            SystemKind::Windows => cfg!(windows),
        }
    }
}

/// One place of one client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClientPlace {
    pub client: &'static str,
    pub base: Base,
    pub system: SystemKind,
    /// With `/` between its parts.
    pub path: &'static str,
}

const fn home(client: &'static str, path: &'static str) -> ClientPlace {
    ClientPlace { client, base: Base::Home, system: SystemKind::Any, path }
}

const fn settings(client: &'static str, path: &'static str) -> ClientPlace {
    ClientPlace { client, base: Base::Settings, system: SystemKind::Any, path }
}

const fn project(client: &'static str, path: &'static str) -> ClientPlace {
    ClientPlace { client, base: Base::Project, system: SystemKind::Any, path }
}

const fn machine(client: &'static str, system: SystemKind, path: &'static str) -> ClientPlace {
    ClientPlace { client, base: Base::Machine, system, path }
}

const fn only(system: SystemKind, place: ClientPlace) -> ClientPlace {
    ClientPlace { system, ..place }
}

/// Every place that is looked at.
pub const PLACES: &[ClientPlace] = &[
    settings("Claude Desktop", "Claude/claude_desktop_config.json"),
    only(
        SystemKind::Windows,
        home("Claude Desktop", "AppData/Local/Packages/Claude_*/LocalCache/Roaming/Claude/claude_desktop_config.json"),
    ),
    settings("Claude Desktop", "Claude-3p/claude_desktop_config.json"),
    home("Claude Code", ".claude.json"),
    home("Claude Code", ".claude/settings.json"),
    home("Claude Code", ".claude/mcp.json"),
    home("Claude Code", ".claude/.mcp.json"),
    home("Claude Code plugins", ".claude/plugins/cache/*/*/*/.mcp.json"),
    home("Claude Code plugins", ".claude/plugins/cache/*/*/*/.claude-plugin/plugin.json"),
    home("Claude Code plugins", ".claude/plugins/marketplaces/*/plugins/*/.mcp.json"),
    home("Claude Code plugins", ".claude/plugins/*/.mcp.json"),
    machine("Claude Code, managed", SystemKind::Linux, "etc/claude-code/managed-mcp.json"),
    machine("Claude Code, managed", SystemKind::Linux, "etc/claude-code/managed-settings.json"),
    machine("Claude Code, managed", SystemKind::Mac, "Library/Application Support/ClaudeCode/managed-mcp.json"),
    machine("Claude Code, managed", SystemKind::Windows, "Program Files/ClaudeCode/managed-mcp.json"),
    home("Cursor", ".cursor/mcp.json"),
    settings("VS Code", "Code/User/mcp.json"),
    settings("VS Code", "Code/User/settings.json"),
    settings("VS Code", "Code/User/profiles/*/mcp.json"),
    settings("VS Code", "Code/User/profiles/*/settings.json"),
    settings("VS Code Insiders", "Code - Insiders/User/mcp.json"),
    settings("VS Code Insiders", "Code - Insiders/User/settings.json"),
    settings("VS Code Insiders", "Code - Insiders/User/profiles/*/mcp.json"),
    settings("VSCodium", "VSCodium/User/mcp.json"),
    settings("VSCodium", "VSCodium/User/settings.json"),
    settings("VSCodium", "VSCodium/User/profiles/*/mcp.json"),
    home("VS Code, remote", ".vscode-server/data/User/mcp.json"),
    home("VS Code, remote", ".vscode-server/data/Machine/mcp.json"),
    home("VS Code, remote", ".vscode-server-insiders/data/User/mcp.json"),
    home("VS Code", ".vscode/mcp.json"),
    home("Windsurf", ".codeium/windsurf/mcp_config.json"),
    home("Windsurf", ".codeium/windsurf-next/mcp_config.json"),
    home("Windsurf", ".codeium/mcp_config.json"),
    only(SystemKind::Linux, home("Zed", ".config/zed/settings.json")),
    only(SystemKind::Mac, home("Zed", ".config/zed/settings.json")),
    only(SystemKind::Windows, settings("Zed", "Zed/settings.json")),
    home("opencode", ".config/opencode/opencode.json"),
    home("opencode", ".config/opencode/opencode.jsonc"),
    home("opencode", ".config/opencode/config.json"),
    home("opencode", ".opencode/opencode.json"),
    home("Codex", ".codex/config.toml"),
    machine("Codex, managed", SystemKind::Linux, "etc/codex/config.toml"),
    home("Gemini CLI", ".gemini/settings.json"),
    home("Gemini CLI extensions", ".gemini/extensions/*/gemini-extension.json"),
    machine("Gemini CLI, managed", SystemKind::Linux, "etc/gemini-cli/settings.json"),
    machine("Gemini CLI, managed", SystemKind::Mac, "Library/Application Support/GeminiCli/settings.json"),
    machine("Gemini CLI, managed", SystemKind::Windows, "ProgramData/gemini-cli/settings.json"),
    home("Antigravity", ".gemini/antigravity/mcp_config.json"),
    home("Qwen Code", ".qwen/settings.json"),
    home("Qwen Code extensions", ".qwen/extensions/*/qwen-extension.json"),
    only(SystemKind::Linux, home("Goose", ".config/goose/config.yaml")),
    only(SystemKind::Mac, home("Goose", ".config/goose/config.yaml")),
    only(SystemKind::Windows, settings("Goose", "Block/goose/config/config.yaml")),
    home("Continue", ".continue/config.yaml"),
    home("Continue", ".continue/config.json"),
    home("Continue", ".continue/mcpServers/*.yaml"),
    home("Continue", ".continue/mcpServers/*.yml"),
    home("Continue", ".continue/mcpServers/*.json"),
    settings("Cline", "Code/User/globalStorage/saoudrizwan.claude-dev/settings/cline_mcp_settings.json"),
    settings("Cline", "Code - Insiders/User/globalStorage/saoudrizwan.claude-dev/settings/cline_mcp_settings.json"),
    settings("Cline", "VSCodium/User/globalStorage/saoudrizwan.claude-dev/settings/cline_mcp_settings.json"),
    settings("Cline", "Cursor/User/globalStorage/saoudrizwan.claude-dev/settings/cline_mcp_settings.json"),
    home("Cline CLI", ".cline/data/settings/cline_mcp_settings.json"),
    settings("Roo Code", "Code/User/globalStorage/rooveterinaryinc.roo-cline/settings/mcp_settings.json"),
    settings("Roo Code", "Cursor/User/globalStorage/rooveterinaryinc.roo-cline/settings/mcp_settings.json"),
    settings("Roo Code", "VSCodium/User/globalStorage/rooveterinaryinc.roo-cline/settings/mcp_settings.json"),
    settings("Kilo Code", "Code/User/globalStorage/kilocode.kilo-code/settings/mcp_settings.json"),
    settings("Kilo Code", "Cursor/User/globalStorage/kilocode.kilo-code/settings/mcp_settings.json"),
    home("Kilo Code", ".kilocode/cli/global/settings/mcp_settings.json"),
    home("Amp", ".config/amp/settings.json"),
    home("Amp", ".config/amp/settings.jsonc"),
    home("Kiro", ".kiro/settings/mcp.json"),
    home("Kiro agents", ".kiro/agents/*.json"),
    home("Amazon Q", ".aws/amazonq/mcp.json"),
    home("Amazon Q", ".aws/amazonq/default.json"),
    home("Amazon Q agents", ".aws/amazonq/cli-agents/*.json"),
    home("Amazon Q agents", ".aws/amazonq/agents/*.json"),
    home("Junie", ".junie/mcp/mcp.json"),
    home("JetBrains AI Assistant", ".ai/mcp/mcp.json"),
    settings("GitHub Copilot for JetBrains", "github-copilot/intellij/mcp.json"),
    home("GitHub Copilot for JetBrains", ".config/github-copilot/intellij/mcp.json"),
    home("GitHub Copilot for Xcode", ".config/github-copilot/xcode/mcp.json"),
    home("GitHub Copilot CLI", ".copilot/mcp-config.json"),
    home("Warp", ".warp/mcp.json"),
    home("Warp", ".warp/.mcp.json"),
    home("Crush", ".config/crush/crush.json"),
    home("Crush", ".local/share/crush/crush.json"),
    home("LM Studio", ".lmstudio/mcp.json"),
    settings("Raycast", "com.raycast.macos/mcp-config.json"),
    settings("5ire", "5ire/mcp.json"),
    settings("Witsy", "Witsy/settings.json"),
    settings("Cherry Studio", "CherryStudio/mcp.json"),
    settings("BoltAI", "boltai/mcp.json"),
    home("BoltAI", ".boltai/mcp.json"),
    home("Factory Droid", ".factory/mcp.json"),
    home("Trae", ".trae/mcp.json"),
    settings("Trae", "Trae/User/mcp.json"),
    settings("Trae CN", "Trae CN/User/mcp.json"),
    home("Void", ".void-editor/mcp.json"),
    home("Augment", ".augment/settings.json"),
    home("Visual Studio", ".mcp.json"),
    home("any client", ".config/mcp/mcp.json"),
    home("any client", ".config/mcp/config.json"),
    home("any client", ".mcp/mcp.json"),
    home("mcphub.nvim", ".config/mcphub/servers.json"),
    home("Docker MCP toolkit", ".docker/mcp/config.json"),
    project("Claude Code", ".mcp.json"),
    project("Claude Code", ".claude/mcp.json"),
    project("Claude Code", ".claude/settings.json"),
    project("Claude Code", ".claude/settings.local.json"),
    project("Claude Code plugins", ".claude-plugin/plugin.json"),
    project("Claude Code, nested", "packages/*/.mcp.json"),
    project("Claude Code, nested", "apps/*/.mcp.json"),
    project("Claude Code, nested", "plugins/*/.mcp.json"),
    project("Claude Desktop", "claude_desktop_config.json"),
    project("Cursor", ".cursor/mcp.json"),
    project("VS Code", ".vscode/mcp.json"),
    project("VS Code", ".vscode/settings.json"),
    project("VS Code", "*.code-workspace"),
    project("VS Code", ".devcontainer/devcontainer.json"),
    project("VS Code", ".devcontainer/*/devcontainer.json"),
    project("VS Code", ".devcontainer.json"),
    project("Visual Studio", ".vs/mcp.json"),
    project("Windsurf", ".windsurf/mcp.json"),
    project("Windsurf", ".windsurf/mcp_config.json"),
    project("Zed", ".zed/settings.json"),
    project("opencode", "opencode.json"),
    project("opencode", "opencode.jsonc"),
    project("opencode", ".opencode/opencode.json"),
    project("Codex", ".codex/config.toml"),
    project("Gemini CLI", ".gemini/settings.json"),
    project("Gemini CLI extensions", "gemini-extension.json"),
    project("Qwen Code", ".qwen/settings.json"),
    project("Continue", ".continue/mcpServers/*.yaml"),
    project("Continue", ".continue/mcpServers/*.yml"),
    project("Continue", ".continue/mcpServers/*.json"),
    project("Roo Code", ".roo/mcp.json"),
    project("Kilo Code", ".kilocode/mcp.json"),
    project("Amp", ".amp/settings.json"),
    project("Amp", ".amp/settings.jsonc"),
    project("Kiro", ".kiro/settings/mcp.json"),
    project("Kiro agents", ".kiro/agents/*.json"),
    project("Amazon Q", ".amazonq/mcp.json"),
    project("Amazon Q", ".amazonq/default.json"),
    project("Amazon Q agents", ".amazonq/cli-agents/*.json"),
    project("Junie", ".junie/mcp/mcp.json"),
    project("JetBrains AI Assistant", ".ai/mcp/mcp.json"),
    project("GitHub Copilot CLI", ".copilot/mcp-config.json"),
    project("GitHub Copilot", ".github/mcp.json"),
    project("GitHub Copilot", ".github/copilot/mcp.json"),
    project("Warp", ".warp/.mcp.json"),
    project("Crush", "crush.json"),
    project("Crush", ".crush.json"),
    project("Factory Droid", ".factory/mcp.json"),
    project("Trae", ".trae/mcp.json"),
    project("LibreChat", "librechat.yaml"),
    project("LibreChat", "librechat.yml"),
    project("any client", "mcp.json"),
    project("any client", "mcp-config.json"),
    project("any client", "mcp_config.json"),
    project("any client", ".mcp/mcp.json"),
];
