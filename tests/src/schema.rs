//! The tables of keys as JSON Schema, for editors.
//!
//! Goes in: the shape of a document. Comes out: a schema of draft 2020-12 with descriptions, words and what is required.
//! **Invariant:** rendered from the tables that decode documents; nothing about a record is known here.
//! **Not here:** names that must exist, dates in order, rules: a schema sees one place at a time, `check` sees all.

use serde_json::{Map, Value, json};
use siam_core::document::{Key, Shape};
use std::collections::BTreeMap;

/// The schema of documents of a shape.
pub fn schema(title: &str, description: &str, shape: &Shape) -> Value {
    let mut rendering = Rendering::default();
    let Value::Object(root) = rendering.value(shape) else { return Value::Null };
    let mut page = Map::new();
    page.insert("$schema".into(), json!("https://json-schema.org/draft/2020-12/schema"));
    page.insert("title".into(), json!(title));
    page.insert("description".into(), json!(description));
    page.extend(root);
    page.insert("$defs".into(), Value::Object(rendering.records.into_iter().collect()));
    Value::Object(page)
}

#[derive(Default)]
struct Rendering {
    /// Tables of keys by the name under which they are referred to.
    records: BTreeMap<String, Value>,
    /// Records that are being written: one that holds itself refers to itself.
    open: Vec<String>,
}

impl Rendering {
    fn value(&mut self, shape: &Shape) -> Value {
        match shape {
            // Whatever single value stands there is read as text.
            Shape::Text => json!({"type": ["string", "number", "boolean"]}),
            Shape::Boolean => json!({"type": "boolean"}),
            Shape::Integer => json!({"type": ["integer", "string"], "pattern": "^[-+]?[0-9][0-9_]*$"}),
            Shape::Ratio => json!({"type": ["number", "string"], "pattern": "^[-+]?[0-9][0-9_]*([.][0-9]+)?( ?%|/[0-9_]+)?$"}),
            Shape::Duration => json!({"type": "string", "pattern": "^([0-9]+([.][0-9]+)? ?(s|sec|m|min|h) ?)+$"}),
            Shape::Date => json!({"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"}),
            Shape::Instant => json!({"type": ["string", "integer"], "pattern": "^([0-9]{4}-[0-9]{2}-[0-9]{2}T.+|-?[0-9]+)$"}),
            Shape::Choice(words) => json!({"enum": words}),
            Shape::List(item) => {
                let item = self.value(item);
                json!({"anyOf": [item, {"type": "array", "items": item}]})
            }
            Shape::Map(inner) => {
                let inner = self.value(inner);
                json!({"type": "object", "additionalProperties": inner})
            }
            Shape::Record(name, keys) => self.record(name, keys()),
            Shape::OneOf(shapes) => {
                let shapes: Vec<Value> = shapes.iter().map(|shape| self.value(shape)).collect();
                json!({"anyOf": shapes})
            }
            Shape::Any => json!({}),
        }
    }

    /// Records of one name may have different tables, such as a dated value of a text and of a number: the others are numbered.
    fn record(&mut self, name: &str, keys: Vec<Key>) -> Value {
        let short = name.trim_start_matches("an ").trim_start_matches("a ").trim_start_matches("the ").replace(' ', "-");
        let refer = |short: &str| json!({"$ref": format!("#/$defs/{short}")});
        if self.open.contains(&short) {
            return refer(&short);
        }
        self.open.push(short.clone());
        let table = self.table(keys);
        self.open.pop();
        let mut names = std::iter::once(short.clone()).chain((2..).map(|number| format!("{short}-{number}")));
        let free = names.find(|name| self.records.get(name).is_none_or(|known| *known == table)).unwrap_or(short);
        self.records.insert(free.clone(), table);
        refer(&free)
    }

    fn table(&mut self, keys: Vec<Key>) -> Value {
        let needed: Vec<&str> = keys.iter().filter(|key| key.required).map(|key| key.name).collect();
        let mut table = Map::new();
        // Where nothing is needed, a name alone is enough.
        table.insert("type".into(), if needed.is_empty() { json!(["object", "null"]) } else { json!("object") });
        let mut properties = Map::new();
        let mut others = json!(false);
        for key in keys {
            let value = self.value(&key.shape);
            let value = if key.required { value } else { or_nothing(value) };
            let mut described = Map::new();
            described.insert("description".into(), json!(key.doc.trim()));
            described.extend(value.as_object().cloned().unwrap_or_default());
            match key.name {
                "..." => others = Value::Object(described),
                name => _ = properties.insert(name.into(), Value::Object(described)),
            }
        }
        table.insert("properties".into(), Value::Object(properties));
        if !needed.is_empty() {
            table.insert("required".into(), json!(needed));
        }
        table.insert("additionalProperties".into(), others);
        Value::Object(table)
    }
}

/// A key that may be left out may also stand without a value.
fn or_nothing(mut value: Value) -> Value {
    if let Some(shapes) = value.get_mut("anyOf").and_then(Value::as_array_mut) {
        shapes.push(json!({"type": "null"}));
    } else if let Some(words) = value.get_mut("enum").and_then(Value::as_array_mut) {
        words.push(Value::Null);
    } else if let Some(one) = value.get("type").and_then(Value::as_str).map(str::to_owned) {
        value["type"] = json!([one, "null"]);
    } else if let Some(types) = value.get_mut("type").and_then(Value::as_array_mut) {
        if !types.contains(&json!("null")) {
            types.push(json!("null"));
        }
    } else if value.get("$ref").is_some() {
        value = json!({"anyOf": [value, {"type": "null"}]});
    }
    value
}
