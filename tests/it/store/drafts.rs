//! Change sets, whichever database they are on.

use yingda::store::drafts::{self, Status};
use yingda::store::error::StoreError;

use super::{at, on_both, published};

#[test]
fn a_change_set_holds_the_last_edit_of_each_file_and_where_it_started() {
    on_both(|place| async move {
        let store = place.open().await;
        published(&store, "r1", "one", 0).await;
        let mut tx = store.write().await.unwrap();
        let begun = drafts::begin(&mut *tx, "s1", "退款改写", "user:li", at(1)).await.unwrap();
        assert_eq!((begun.status, begun.title.as_str()), (Status::Open, "退款改写"));
        drafts::edit(&mut *tx, "s1", "b.md", Some(b"first"), "r1", "user:li", at(2)).await.unwrap();
        drafts::edit(&mut *tx, "s1", "a.md", None, "r1", "user:li", at(3)).await.unwrap();
        // The base stays what it was when the file was edited first.
        drafts::edit(&mut *tx, "s1", "b.md", Some(b"second"), "r9", "user:wang", at(4)).await.unwrap();
        tx.commit().await.unwrap();
        let mut tx = store.write().await.unwrap();
        let changes = drafts::changes(&mut *tx, "s1").await.unwrap();
        assert_eq!(changes.iter().map(|change| change.path.as_str()).collect::<Vec<_>>(), ["a.md", "b.md"]);
        assert_eq!((changes[0].hash, changes[1].base.as_str(), changes[1].actor.as_str()), (None, "r1", "user:wang"));
        assert_eq!(drafts::bytes(&mut *tx, &changes[1].hash.unwrap()).await.unwrap(), b"second");
        assert_eq!(drafts::authors(&mut *tx, "s1").await.unwrap(), ["user:li", "user:wang"]);
        assert_eq!(drafts::get(&mut *tx, "s1").await.unwrap().unwrap().updated_at, at(4));
        assert!(drafts::rebase(&mut *tx, "s1", "b.md", "r2").await.unwrap());
        assert_eq!(drafts::changes(&mut *tx, "s1").await.unwrap()[1].base, "r2");
        assert!(drafts::revert(&mut *tx, "s1", "a.md", at(5)).await.unwrap());
        assert!(!drafts::revert(&mut *tx, "s1", "a.md", at(5)).await.unwrap());
        assert_eq!(drafts::changes(&mut *tx, "s1").await.unwrap().len(), 1);
    });
}

#[test]
fn a_change_set_is_closed_once() {
    on_both(|place| async move {
        let store = place.open().await;
        let mut tx = store.write().await.unwrap();
        for id in ["s1", "s2"] {
            drafts::begin(&mut *tx, id, "x", "user:li", at(1)).await.unwrap();
        }
        let seen = drafts::get(&mut *tx, "s1").await.unwrap().unwrap();
        drafts::edit(&mut *tx, "s1", "a.md", None, "r1", "user:li", at(2)).await.unwrap();
        let too_early = drafts::close(&mut *tx, &seen, Status::Published, Some("r2"), at(2)).await;
        assert!(matches!(too_early, Err(StoreError::Conflict)), "an edit that it does not hold would be lost");
        let seen = drafts::get(&mut *tx, "s1").await.unwrap().unwrap();
        drafts::close(&mut *tx, &seen, Status::Published, Some("r2"), at(2)).await.unwrap();
        let again = drafts::close(&mut *tx, &seen, Status::Discarded, None, at(3)).await;
        assert!(matches!(again, Err(StoreError::Conflict)));
        let closed = drafts::get(&mut *tx, "s1").await.unwrap().unwrap();
        assert_eq!((closed.status, closed.revision.as_deref()), (Status::Published, Some("r2")));
        assert_eq!(drafts::open(&mut *tx).await.unwrap().len(), 1);
        assert!(drafts::get(&mut *tx, "s9").await.unwrap().is_none());
        tx.commit().await.unwrap();
        let mut tx = store.write().await.unwrap();
        let taken = drafts::begin(&mut *tx, "s2", "again", "user:li", at(1)).await;
        assert!(matches!(taken, Err(StoreError::Conflict)));
    });
}
