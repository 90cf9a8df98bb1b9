//! What folds, caps and splits come to, on values alone.
//!
//! Goes in: values that were read. Comes out: one value, or why there is none.
//! **Invariant:** shares sum to what is shared; nothing is rounded but to a grain that was named.
//! **Not here:** which values are read (`fold`).

use super::*;

/// A value where a condition holds; missing where it does not or is not known.
pub(super) fn only(value: &Value, holds: &Value) -> Value {
    Value::each(&[value, holds], |given| match given {
        [value, holds] => match holds.flag() {
            Ok(true) => value.clone(),
            Ok(false) => Scalar::Missing(Missing::NoValues),
            Err(why) => Scalar::Missing(why),
        },
        _ => Scalar::Missing(Missing::NotSupplied),
    })
}

/// What passes and what is left.
pub(super) fn passes(amount: &Scalar, waiting: &Scalar, limits: &[Scalar]) -> Result<(Ratio, Ratio), Missing> {
    let amount = amount.quantity()?.plus(waiting.quantity()?);
    let mut passed = amount.clone();
    for pair in limits.chunks(2) {
        let [limit, used] = pair else { continue };
        let room = limit.quantity()?.minus(used.quantity()?).max(Ratio::ZERO);
        passed = passed.min(room);
    }
    let left = amount.minus(&passed).max(Ratio::ZERO);
    Ok((passed, left))
}

/// Several values as one, slice by slice; missing ones are skipped.
pub(in crate::formula) fn fold_values(fold: Fold, values: &[Value]) -> Value {
    match Value::parties(values) {
        None => Value::One(fold_scalars(fold, values.iter().map(Value::one))),
        Some(parties) => {
            let one = |party: Arc<str>| {
                let value = fold_scalars(fold, values.iter().map(|value| value.slice(&party)));
                (party, value)
            };
            Value::ByParty(Arc::new(parties.into_iter().map(one).collect()))
        }
    }
}

pub(super) fn fold_scalars(fold: Fold, values: impl Iterator<Item = Scalar>) -> Scalar {
    let present = values.filter(|value| value.missing().is_none());
    if fold == Fold::Count {
        let counted = present.filter(|value| *value != Scalar::Flag(false)).count();
        return Scalar::Quantity(Ratio::whole(i128::try_from(counted).unwrap_or(i128::MAX)));
    }
    let mut total: Option<Scalar> = None;
    let mut count = 0_i128;
    for value in present {
        count += 1;
        total = Some(match (total, fold) {
            (None, _) => value,
            (Some(total), Fold::Sum | Fold::Mean) => two(Operator::Plus, &total, &value),
            (Some(total), Fold::Product) => two(Operator::Times, &total, &value),
            (Some(total), Fold::Any) => two(Operator::Or, &total, &value),
            (Some(total), Fold::All) => two(Operator::And, &total, &value),
            (Some(total), Fold::Min | Fold::Max | Fold::Count) => {
                let above = two(Operator::Above, &value, &total);
                if above.flag() == Ok(fold == Fold::Max) { value } else { total }
            }
        });
    }
    match (total, fold) {
        (Some(total), Fold::Mean) => two(Operator::Divide, &total, &Scalar::Quantity(Ratio::whole(count))),
        (Some(total), _) => total,
        (None, Fold::Sum) => Scalar::ZERO,
        (None, Fold::Any) => Scalar::Flag(false),
        (None, Fold::All) => Scalar::Flag(true),
        (None, _) => Scalar::Missing(Missing::NoValues),
    }
}

/// An amount shared over parties by their weights; it sums exactly to the amount.
pub(super) fn shared(total: &Ratio, weights: &Slices, grain: &Grain) -> Result<Slices, Missing> {
    let mut sum = Ratio::ZERO;
    for weight in weights.values() {
        let weight = weight.quantity()?;
        if weight.is_negative() {
            return Err(Missing::NoShares);
        }
        sum = sum.plus(weight);
    }
    if sum.is_zero() {
        return if total.is_zero() {
            Ok(weights.keys().map(|party| (party.clone(), Scalar::ZERO)).collect())
        } else {
            Err(Missing::NoShares)
        };
    }
    let part = |weight: &Scalar| weight.quantity().and_then(|weight| total.times(weight).divide(&sum).ok_or(Missing::NoShares));
    let Grain::Quantum(quantum) = grain else {
        return weights.iter().map(|(party, weight)| Ok((party.clone(), bounded(part(weight)?)))).collect();
    };
    let units = total.divide(quantum).filter(Ratio::is_whole).ok_or(Missing::NotOnMinorUnit)?;
    let mut given: Vec<(Arc<str>, Ratio, Ratio)> = Vec::new();
    let mut left = units;
    for (party, weight) in weights {
        let exact = part(weight)?.divide(quantum).ok_or(Missing::DividedByZero)?;
        let whole = exact.floored();
        left = left.minus(&whole);
        given.push((party.clone(), exact.minus(&whole), whole));
    }
    // What is left over goes to the largest remainders, one unit each, ties in the order of ids.
    let mut order: Vec<usize> = (0..given.len()).collect();
    order.sort_by(|a, b| given.get(*b).map(|one| &one.1).cmp(&given.get(*a).map(|one| &one.1)));
    for at in order {
        if left.is_zero() {
            break;
        }
        if let Some((_, _, whole)) = given.get_mut(at) {
            *whole = whole.plus(&Ratio::ONE);
            left = left.minus(&Ratio::ONE);
        }
    }
    Ok(given.into_iter().map(|(party, _, whole)| (party, bounded(whole.times(quantum)))).collect())
}
