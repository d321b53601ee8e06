//! The kinds of syntax nodes that the reader looks at: the grammar's name in, one enum out, the same for JavaScript and
//! TypeScript.

use std::sync::LazyLock;
use tree_sitter::{Language, Node};

macro_rules! kinds {
    ($($variant:ident = $($name:literal)|+,)+) => {
        /// What a syntax node is; everything that has no meaning for the reader is [`Kind::Other`].
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(super) enum Kind { $($variant,)+ Other }

        impl Kind {
            /// The kind that a grammar calls `name`.
            fn named(name: &str) -> Kind {
                match name {
                    $($($name)|+ => Kind::$variant,)+
                    _ => Kind::Other,
                }
            }
        }
    };
}

kinds! {
    // Expressions.
    Identifier = "identifier" | "shorthand_property_identifier" | "property_identifier" | "private_property_identifier",
    UndefinedWord = "undefined",
    This = "this",
    Super = "super",
    Import = "import",
    Text = "string",
    Template = "template_string",
    Regex = "regex",
    Number = "number",
    True = "true",
    False = "false",
    Null = "null",
    Array = "array",
    Object = "object",
    Pair = "pair",
    Spread = "spread_element",
    ComputedName = "computed_property_name",
    Method = "method_definition",
    Function = "function_expression" | "function",
    Generator = "generator_function",
    Arrow = "arrow_function",
    Call = "call_expression",
    New = "new_expression",
    Member = "member_expression",
    Subscript = "subscript_expression",
    Assignment = "assignment_expression",
    AugmentedAssignment = "augmented_assignment_expression",
    Update = "update_expression",
    Unary = "unary_expression",
    Binary = "binary_expression",
    Ternary = "ternary_expression",
    Sequence = "sequence_expression",
    Await = "await_expression",
    Yield = "yield_expression",
    Wrapped = "parenthesized_expression" | "as_expression" | "satisfies_expression" | "non_null_expression"
        | "instantiation_expression",
    TypeAssertion = "type_assertion",
    MetaProperty = "meta_property",
    // Statements.
    ExpressionStatement = "expression_statement",
    Variables = "variable_declaration" | "lexical_declaration",
    Declarator = "variable_declarator",
    FunctionDeclaration = "function_declaration" | "generator_function_declaration",
    Class = "class_declaration" | "class" | "abstract_class_declaration",
    If = "if_statement",
    Else = "else_clause",
    For = "for_statement",
    ForIn = "for_in_statement",
    While = "while_statement",
    DoWhile = "do_statement",
    Try = "try_statement",
    Catch = "catch_clause",
    Finally = "finally_clause",
    Switch = "switch_statement",
    SwitchBody = "switch_body",
    Case = "switch_case",
    Default = "switch_default",
    Return = "return_statement",
    Throw = "throw_statement",
    Break = "break_statement",
    Continue = "continue_statement",
    Labelled = "labeled_statement",
    Block = "statement_block",
    ImportStatement = "import_statement",
    ExportStatement = "export_statement",
    Enum = "enum_declaration",
    Namespace = "internal_module" | "module",
    // Parts of classes.
    Field = "field_definition" | "public_field_definition",
    StaticBlock = "class_static_block",
    Decorator = "decorator",
    // Patterns.
    ShorthandPattern = "shorthand_property_identifier_pattern",
    ObjectPattern = "object_pattern",
    ArrayPattern = "array_pattern",
    PairPattern = "pair_pattern",
    AssignmentPattern = "assignment_pattern" | "object_assignment_pattern",
    RestPattern = "rest_pattern",
    Parameter = "required_parameter" | "optional_parameter",
    // Imports and exports.
    ImportClause = "import_clause",
    NamedImports = "named_imports",
    ImportSpecifier = "import_specifier",
    NamespaceImport = "namespace_import",
    ImportRequire = "import_require_clause",
    ExportClause = "export_clause",
    ExportSpecifier = "export_specifier",
    NamespaceExport = "namespace_export",
    EnumAssignment = "enum_assignment",
    Comment = "comment",
}

macro_rules! fields {
    ($($variant:ident = $name:literal,)+) => {
        /// The fields by which the grammars name the children of a node.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(super) enum Field { $($variant,)+ }

        /// What the grammars call the fields, in the order of [`Field`].
        const FIELDS: &[&str] = &[$($name,)+];
    };
}

fields! {
    Alias = "alias",
    Alternative = "alternative",
    Argument = "argument",
    Arguments = "arguments",
    Body = "body",
    Condition = "condition",
    Consequence = "consequence",
    Constructor = "constructor",
    Declaration = "declaration",
    Finalizer = "finalizer",
    Function = "function",
    Handler = "handler",
    Increment = "increment",
    Index = "index",
    Initializer = "initializer",
    Key = "key",
    Kind = "kind",
    Label = "label",
    Left = "left",
    Name = "name",
    Object = "object",
    Operator = "operator",
    OptionalChain = "optional_chain",
    Parameter = "parameter",
    Parameters = "parameters",
    Pattern = "pattern",
    Property = "property",
    Right = "right",
    Source = "source",
    Value = "value",
}

/// The numbers that one grammar gives to kinds and fields: comparing names is most of the work of a walk.
struct Numbers {
    language: Language,
    kinds: Vec<Kind>,
    fields: Vec<u16>,
}

impl Numbers {
    fn of(language: Language) -> Self {
        let ids = 0..u16::try_from(language.node_kind_count()).unwrap_or(u16::MAX);
        let kinds = ids.map(|id| language.node_kind_for_id(id).map_or(Kind::Other, Kind::named)).collect();
        let fields = FIELDS.iter().map(|name| language.field_id_for_name(name).map_or(0, u16::from)).collect();
        Numbers { language, kinds, fields }
    }

    /// Those of the grammar that a node was parsed by.
    fn behind(node: Node<'_>) -> Option<&'static Numbers> {
        static ALL: LazyLock<[Numbers; 3]> = LazyLock::new(|| {
            let languages = [
                tree_sitter_javascript::LANGUAGE,
                tree_sitter_typescript::LANGUAGE_TYPESCRIPT,
                tree_sitter_typescript::LANGUAGE_TSX,
            ];
            languages.map(|language| Numbers::of(language.into()))
        });
        let language = node.language();
        ALL.iter().find(|numbers| numbers.language == *language)
    }
}

impl Kind {
    pub(super) fn of(node: Node<'_>) -> Kind {
        let numbers = Numbers::behind(node);
        numbers.and_then(|numbers| numbers.kinds.get(usize::from(node.kind_id())).copied()).unwrap_or(Kind::Other)
    }
}

/// Children of a node by field.
pub(super) trait FieldOf<'t> {
    fn field(&self, field: Field) -> Option<Node<'t>>;
}

impl<'t> FieldOf<'t> for Node<'t> {
    fn field(&self, field: Field) -> Option<Node<'t>> {
        self.child_by_field_id(*Numbers::behind(*self)?.fields.get(field as usize)?)
    }
}

/// The named children of a node, comments left out.
pub(super) fn children(node: Node<'_>) -> Vec<Node<'_>> {
    let mut cursor = node.walk();
    node.named_children(&mut cursor).filter(|child| Kind::of(*child) != Kind::Comment).collect()
}

/// Whether one of the node's own tokens is `token` (`static`, `get`, `async`, `var`).
pub(super) fn has_token(node: Node<'_>, token: &str) -> bool {
    let mut cursor = node.walk();
    let mut found = false;
    for child in node.children(&mut cursor) {
        if !child.is_named() && child.kind() == token {
            found = true;
            break;
        }
    }
    found
}
