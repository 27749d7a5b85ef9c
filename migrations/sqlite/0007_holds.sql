-- Whose case it is, where the shop vouches for the customer: that outlives the conversation.
ALTER TABLE cases ADD COLUMN subject TEXT;
UPDATE cases SET subject = (SELECT conversations.subject FROM conversations WHERE conversations.id = cases.conversation);
CREATE INDEX cases_subject ON cases (subject);
-- Cases that nobody may forget or erase for now, and why.
CREATE TABLE holds (
    number TEXT NOT NULL PRIMARY KEY,
    reason TEXT NOT NULL,
    actor TEXT NOT NULL,
    at BIGINT NOT NULL
);
