"""Replies that came in by mail."""

import afterword.core.ids
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('customers', '0012_companies_of_mail_domains'),
        ('feedback', '0008_assignments'),
        ('workspaces', '0008_our_own_people'),
    ]

    operations = [
        migrations.AlterField(
            model_name='response',
            name='source',
            field=models.CharField(choices=[('survey', 'Survey'), ('manual', 'Added by hand'), ('api', 'API'), ('import', 'Import'), ('reply', 'Reply by mail')], db_default='survey', default='survey', max_length=10),
        ),
        migrations.CreateModel(
            name='CustomerReply',
            fields=[
                ('id', models.UUIDField(default=afterword.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('key', models.CharField(max_length=32)),
                ('is_answer', models.BooleanField(default=False)),
                ('text', models.TextField(blank=True)),
                ('received_at', models.DateTimeField()),
                ('customer', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='replies', to='customers.customer')),
                ('workspace', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='workspaces.workspace')),
            ],
            options={
                'indexes': [models.Index(fields=['customer', '-received_at'], name='replies_of_customer')],
                'constraints': [models.UniqueConstraint(fields=('workspace', 'key'), name='replies_taken_once')],
            },
        ),
    ]
